"""Every number of the course's prose has evidence, and what has none, or evidence that does not hold, is found."""

import pytest

from experiments import claims
from experiments.claims import Claim
from experiments.prose import blocks, not_in_original, plain, wrong_arithmetic

TEXTS = tuple(claims.texts())


@pytest.mark.parametrize("name", TEXTS)
def test_every_number_in_prose_has_evidence(name, tensorflow):
    found = claims.problems(claims.texts()[name], claims.read()[name], claims.code(name))
    assert not found, "\n".join(["mend the text or solutions/claims.toml:", *found])


@pytest.mark.parametrize("name", TEXTS)
def test_korean_prose_has_no_number_of_its_own(name):
    assert claims.mistranslated(name) == []


@pytest.mark.parametrize(
    ("english", "korean", "found"),
    [
        ("from 24.56 to 22.66 %", "24.56%에서 22.66%로", []),
        ("from 24.56 to 22.66 %", "24.65%에서 22.66%로", ["24.65%"]),
        ("17.6 million, 28 million, 30,000", "1,760만 개, 2,800만 개, 3만 장", []),
        ("17.6 million", "1,706만 개", ["1,706만"]),
        ("half a point, in section 7.2", "0.5%p, 7.2절", []),
        ("2,752 weights in 3 layers", "가중치 2,725개, 층 4개", ["2,725"]),
    ],
)
def test_a_number_that_only_korean_has_is_found(english, korean, found):
    assert not_in_original(english, korean) == found


def test_the_page_has_every_claim():
    assert claims.PAGE.read_text("utf-8") == claims.page(), "run python experiments/claims.py"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "and **22.80 %**",
            "and **22.81 %**",
            ["and 22.80 % with both (Table 1)' stands 0 times", "no evidence for 22.81"],
        ),
        ("by 0.12 points", "by 0.21 points", ["by 0.12 points", "no evidence for 0.21"]),
        ("The same 1,096:", "The usual 1,096:", ["'The same 1,096: the second", "no evidence for 1,096 in 'The usual"]),
        ("4 · 2 = **9**", "4 · 2 = **8**", ["'1 + 4 · 2 = 8' is no equation"]),
        ("9 · (2·64", "8 · (2·64", ["24,336' is no equation", "no evidence for 24,336"]),
        ("It is among", "It brings half a point, and is among", ["no evidence for half a in"]),
    ],
)
def test_a_lesson_that_says_something_else_is_found(old, new, words, tensorflow):
    text, entries = claims.texts()["6-cbam"], claims.read()["6-cbam"]
    assert text.count(old) == 1
    found = "\n".join(claims.problems(text.replace(old, new), entries))
    assert [word for word in words if word not in found] == []


RATIO = "The ratio brings 22.28 % and costs 28.1 million parameters."


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ({"paper": "senet_ratios"}, ""),
        ({"paper": "senet_ratios", "rows": ["16"]}, ""),
        ({"paper": "senet_ratios", "rows": ["8"]}, "prints no 22.28, 28.1"),
        ({"paper": "senet_ratios", "rows": ["16", "17"]}, "has no row 17"),
        ({"paper": "bam_choices"}, "prints no 22.28, 28.1"),
        ({"paper": "senet_table_10"}, "no table 'senet_table_10'"),
        ({"equals": ["printed('senet_ratios', '16', 'error')", "28_088_024 / 1e6"]}, ""),
        ({"equals": ["22.2849", "28.05"]}, ""),
        ({"equals": ["22.2851", "28.05"]}, "22.2851 gives 22.2851, printed is 22.28"),
        ({"equals": ["22.28"]}, "2 numbers (22.28, 28.1), 1 expressions"),
        ({"equals": ["22.28", "million"]}, "NameError: name 'million' is not defined"),
        ({"holds": ["22.28 < 23.30", "1 < 2"]}, ""),
        ({"holds": ["22.28 < 23.30", "2 < 1"]}, "2 < 1 gives False"),
        ({"holds": ["runs('ratios', '16') == 22.28"]}, "FileNotFoundError"),
        ({"test": "tests/test_costs.py::test_ratios"}, "tests/test_costs.py has no test_ratios"),
        ({"test": "tests/test_ratios.py::test_ratios"}, "there is no tests/test_ratios.py"),
        ({"test": "tests/test_costs.py::test_multiply_adds_by_hand"}, "names no 22.28, 28.1"),
        ({"code": "found = (22.28, 28.1)"}, ""),
        ({"code": "found = (22.28, 28.2)"}, "has no 'found = (22.28, 28.2)'"),
        ({"code": "found = (22.28,"}, "has no 28.1"),
        ({"code": "28.1", "file": "data/nothing.toml"}, "has no '28.1'"),
        ({"source": "Hu et al., Table 10"}, ""),
        ({"example": True}, ""),
        ({}, "received nothing"),
        ({"guess": "22.28"}, "received guess"),
        ({"source": "Hu et al.", "paper": "senet_ratios"}, "received source, paper"),
    ],
    ids=str,
)
def test_evidence_that_does_not_hold_is_found(kinds, problem, tensorflow):
    found = claims.problems(RATIO, [Claim(RATIO, kinds)], "found = (22.28, 28.1)")
    assert bool(found) == bool(problem)
    assert problem in "".join(found)


def test_a_claim_without_a_number_rests_on_no_table(tensorflow):
    assert claims.problems("No block is ahead.", [Claim("No block is ahead", {"paper": "senet"})])
    assert not claims.problems("No block is ahead.", [Claim("No block is ahead", {"holds": ["2 > 1"]})])


def test_a_test_that_names_the_number_holds_it_also_in_its_table(tensorflow):
    kinds = {"test": "tests/test_numbers.py::test_eca_kernel_sizes"}
    assert not claims.problems("Ties at 2,048 channels.", [Claim("at 2,048", kinds)])


def test_a_claim_that_stands_twice_is_found():
    found = claims.problems("It gains 0.4. Once more, it gains 0.4.", [Claim("gains 0.4", {"example": True})])
    assert found[0] == "'gains 0.4' stands 2 times in the text, not once"


def test_the_first_row_of_a_table_stands_for_the_table(tensorflow):
    table = "| ratio | error |\n|---|---|\n| 8 | 22.26 |\n| 16 | 22.28 |"
    assert not claims.problems(table, [Claim("| ratio | error |", {"paper": "senet_ratios"})])
    assert claims.problems(table, [Claim("| 8 | 22.26 |", {"paper": "senet_ratios"})])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A lead of 0.18 points, −0.5 and +1.01, or 12 % of 25,557,032 weights.", "0.18 −0.5 +1.01 12 25,557,032"),
        (
            "Seven times as many, half a point, two points; 248 times; three times the images.",
            "Seven half two 248 three",
        ),
        ("Halved three times, 7 × 7, ResNet-50, a 3×3 convolution, lesson 4, m = 8.", ""),
        ("A 95 % interval and 95 % of all.", "95"),
        (
            "`0.5`, $x = 0.5$, [0.5](https://example.org/0.25), arXiv:1709.01507, section 4.2, <a href='0.5'>x</a>.",
            "0.5",
        ),
        ("```\n0.5\n```", ""),
        ("Five exercises, 19 points, 75 to 90 minutes. The gain is 19 points.", "19"),
        ("In all 9 · 16 · 32 = **4,608**, and 2⁴ · 3 = 48; 1,000 · 2 = 2,001.", "1,000 2,001"),
    ],
)
def test_what_is_a_claim(text, numbers):
    found = [number.printed.split()[0] for block in blocks(text) for number in claims.claims(block.text)]
    assert found == numbers.split()


def test_arithmetic_is_worked_out():
    assert not wrong_arithmetic(
        plain("9 · 16 · 32 = **4,608**; (6 + 1) / 2 = 3.5; 2 × 3 = 4 + 2; −3 · −2 = 6; 1 / 3 = 0.33")
    )
    assert wrong_arithmetic("2 · 3 = 7 here") == ["2 · 3 = 7"]


def test_a_text_without_a_list_of_claims_is_refused(tmp_path):
    (tmp_path / "claims.toml").write_text("README = []\n", "utf-8")
    with pytest.raises(ValueError, match=r"expected 0-start-here, .* received README"):
        claims.read(tmp_path / "claims.toml")
