"""Scaffolds fade: steps stand in the stubs of lessons 1 to 4 only; where they are gone, the first hint has them."""

import ast
import re

import pytest

from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, say

WITH_STEPS = 5  # lessons, the one that says how to begin among them
STEP = re.compile(r"^\s*(?:Steps|단계):|^\s*\d+\. ", re.MULTILINE)
CODE = re.compile(r"\b(?:layers|ops|keras|math)\.\w+\(")
LEAST_WORDS = {"en": 20, "ko": 14}  # steps in words, or a question that leads to them
# What all designs have to do is no way to any of them, and may be counted.
WITHOUT_STEPS = [name for names in list(LESSONS.values())[WITH_STEPS:] for name in names if load(name).budget is None]


def stub(exercise: str, language: str) -> str:
    """The docstring that the exercise's cell has in a notebook of this language."""
    source = solution_source(read_master(load(exercise).lesson).solution(exercise), language)
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    return ast.get_docstring(next(node for node in functions if node.name == exercise)) or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_lessons_count_the_steps(language):
    assert any(STEP.search(stub(name, language)) for names in list(LESSONS.values())[:WITH_STEPS] for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exercise", WITHOUT_STEPS)
def test_later_stubs_have_no_steps(exercise, language):
    assert not STEP.search(stub(exercise, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exercise", WITHOUT_STEPS)
def test_the_first_hint_has_them_in_words(exercise, language):
    hint = say(f"{exercise}.hint_1", language)
    assert len(hint.split()) >= LEAST_WORDS[language] and not CODE.search(hint)
