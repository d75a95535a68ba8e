"""The exam and the summary card as self-contained pages, in each language: to be opened in a browser, or printed.

The texts are in solutions/exam.toml and solutions/summary.toml, their frame in curriculum/messages/*/handouts.toml.
Every count of parameters or multiply-adds is read from data/results/costs.json or comes from the lesson's own `cost`.
"""

import json
import tomllib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.authoring.pictures import picture
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, catalogue
from curriculum.paths import REPOSITORY

EXAM = REPOSITORY / "solutions" / "exam.toml"
SUMMARY = REPOSITORY / "solutions" / "summary.toml"
COSTS = REPOSITORY / "data" / "results" / "costs.json"
CHANNELS = 64  # of the map that the counts are for; its height and width are those of costs.json


def exam_page(language: str) -> str:
    """The exam as HTML; without scripts, the chosen answer shows its explanation and is counted."""
    questions = tomllib.loads(EXAM.read_text("utf-8"))["question"]
    for number, question in enumerate(questions, 1):
        _check_question(number, question)
    return _render("exam.html.j2", language, questions=[_question(question, language) for question in questions])


def card_page(language: str) -> str:
    """The summary card as HTML, one page of A4 when printed."""
    blocks = tomllib.loads(SUMMARY.read_text("utf-8"))["block"]
    counted = _counted_blocks()
    height, width, _ = next(iter(counted.values()))["input_shape"]
    rows = []
    for block in blocks:
        parameters, multiply_adds = (
            (counted[block["counted"]]["trainable"], counted[block["counted"]]["multiply_adds"])
            if "counted" in block
            else _cost("spatial", height, width)
        )
        rows.append(
            {
                "picture": Markup(picture(block["picture"])),
                "name": block[language],
                "lesson": block["lesson"],
                "formula": Markup(block["formula"]),
                "gates": block["gates"],
                "parameters": block["parameters"],
                "count": f"{parameters:,}",
                "multiply_adds": f"{multiply_adds:,}",
                "when": block[f"{language}_when"],
            }
        )
    size = f"{height} × {width} × {CHANNELS}"
    return _render("summary.html.j2", language, rows=rows, size=size)


def _render(template: str, language: str, **values: Any) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of {LANGUAGES}. Received: {language!r}")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    words = catalogue(language)["handouts"]
    return environment.get_template(template).render(language=language, words=words, **values) + "\n"


def _check_question(number: int, question: dict[str, Any]) -> None:
    """Raises: ValueError if a question belongs to no lesson or has not one right answer."""
    right = sum(choice.get("right", False) for choice in question["choice"])
    if question["lesson"] not in LESSONS or right != 1:
        raise ValueError(
            f"{EXAM.name}, question {number}: expected a lesson of {list(LESSONS)} and one right answer. "
            f"Received: {question['lesson']!r}, {right}"
        )


def _question(question: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "lesson": question["lesson"],
        "text": _filled(question[language]),
        "choices": [
            {"text": _filled(choice[language]), "why": _filled(choice[f"{language}_why"]), "right": "right" in choice}
            for choice in question["choice"]
        ],
    }


def _filled(text: str) -> Markup:
    """The text with its numbers: {se} and the like are parameters on 64 channels."""
    return Markup(escape(text.format_map(_numbers()), quote=False))


@cache
def _numbers() -> dict[str, str]:
    counted = _counted_blocks()
    names = {"se": "SE", "se_no_bias": "SE, no bias", "self_attention": "self-attention, 4 heads"}
    numbers = {key: f"{counted[name]['trainable']:,}" for key, name in names.items()}
    return numbers | {"spatial": f"{_cost('spatial', 7, 7)[0]:,}"}


def _counted_blocks() -> dict[str, dict[str, Any]]:
    blocks = json.loads(COSTS.read_text("utf-8"))["blocks"]
    return {block["name"]: block for block in blocks if block["input_shape"][-1] == CHANNELS}


def _cost(block: str, height: int, width: int) -> tuple[int, int]:
    """Parameters and multiply-adds by the lesson's own formula, which needs no TensorFlow."""
    namespace: dict[str, Any] = {}
    exec(solution_source(read_master("10-self-attention").solution("cost")), namespace)
    parameters, operations = namespace["cost"](block, height, width, CHANNELS)
    return parameters, operations
