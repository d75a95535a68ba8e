"""The exam and the summary card: whole, in both languages, with numbers that were counted."""

import json
import re
import tomllib

import pytest

from autograder.authoring import handouts
from autograder.authoring.handouts import COSTS, EXAM, SUMMARY, card_page, exam_page
from autograder.authoring.pictures import SHADE_OF, picture
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES


def questions() -> list[dict]:
    return tomllib.loads(EXAM.read_text("utf-8"))["question"]


def blocks() -> list[dict]:
    return tomllib.loads(SUMMARY.read_text("utf-8"))["block"]


def test_every_lesson_but_the_first_is_asked_about():
    assert {question["lesson"] for question in questions()} == set(list(LESSONS)[1:])


def test_the_right_answer_is_not_always_in_the_same_place():
    places = [[choice.get("right", False) for choice in question["choice"]].index(True) for question in questions()]
    assert all(places.count(place) >= 2 for place in range(3))
    assert all(len(question["choice"]) == 3 for question in questions())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_explained(language):
    page = exam_page(language)
    assert page.count('type="radio"') == page.count('class="why') == 3 * len(questions())
    assert page.count('class="right"') == len(questions())
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_korean_is_korean():
    for entry in questions():
        texts = [entry["ko"], *(choice["ko_why"] for choice in entry["choice"])]
        assert all(re.search("[가-힣]", text) for text in texts)
    assert all(re.search("[가-힣]", block["ko_when"]) for block in blocks())


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_need_nothing_from_elsewhere(language):
    for page in (exam_page(language), card_page(language)):
        assert "<script" not in page
        assert not re.findall(r'(?:src|href)="', page)
        assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_has_every_block_with_its_counts(language):
    page = card_page(language)
    counted = {(block["name"], block["input_shape"][2]): block for block in json.loads(COSTS.read_text())["blocks"]}
    for block in blocks():
        assert block[language] in page
        if "counted" in block:
            assert f"{counted[block['counted'], 64]['trainable']:,}" in page
            assert f"{counted[block['counted'], 64]['multiply_adds']:,}" in page
    assert "3,137" in page  # spatial attention, k = 7: by the lesson's formula


def parameters_by(formula: str) -> int:
    """The formula on the card, for 64 channels."""
    c, m, k, heads, classes = 64, 4, 3 if formula == "k" else 7, 4, 10
    unit = 2 * c + c * c // 4 + c // 2 + 9 * (c // 4) ** 2 + c // 2 + c * c // 4
    values = {"C": c, "m": m, "k": k, "K": heads, "N": classes, "u": unit}
    python = formula.replace("²", "**2")
    python = re.sub(r"(?<=[\dA-Za-z)])(?=[A-Za-z(])", "*", python)
    return eval(python, {}, values)


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block["en"])
def test_the_cards_formulas_give_its_counts(block):
    counted = handouts._counted_blocks()
    count = counted[block["counted"]]["trainable"] if "counted" in block else 3_137
    assert parameters_by(block["parameters"]) == count


def test_a_question_without_a_right_answer_is_refused(monkeypatch, tmp_path):
    broken = tmp_path / "exam.toml"
    broken.write_text(EXAM.read_text("utf-8").replace("right = true\n", "", 1), "utf-8")
    monkeypatch.setattr(handouts, "EXAM", broken)
    with pytest.raises(ValueError, match=r"question 1: expected .* one right answer"):
        exam_page("en")


def test_every_picture_can_be_drawn():
    for name in {block["picture"] for block in blocks()} | set(SHADE_OF):
        assert picture(name).startswith("<svg ")
    with pytest.raises(KeyError):
        picture("no such kind")
