"""How hard an exercise is and how many minutes it takes, worked out of the masters. Nothing of it is written by hand.

A minute that changes makes no exercise out of date: it is in no file that a check is measured from.
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import cache

from autograder.lessons.master import BEGIN, END, Cell, read_master
from autograder.lessons.reference import solution_source
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import all_names, load
from curriculum.messages import say

MINUTES = "<!-- minutes -->"  # what a master has in the place of its lesson's minutes

# For non-fiction Brysbaert (2019, "How many words do we read per minute?") found 238. Here formulas, tables and shapes
# stand among the words, and the reader stops to predict: less than half of that.
WORDS_A_MINUTE = 100
DECISIONS_A_MINUTE = 4  # typed, looked up, thought about
MINUTES_A_TRY = 2  # to run the check, to read what it says
MINUTES_A_CELL = 1  # to run a given cell of an experiment and look at what it shows
MINUTES_A_DEMO = 3  # to move its controls
MEDIUM, HARD = 13, 29  # decisions from which an exercise is so; a design of one's own is always hard
ROUNDED_TO = 5  # minutes: the rest is not known so exactly

DEMO = re.compile(r"^live\.\w+\(", re.MULTILINE)
WITHOUT_POINTS = re.compile(r"^(predict|mend|design)\(", re.MULTILINE)
WRITTEN = re.compile(rf"{BEGIN}\n(.*?)\n *{END}", re.DOTALL)
DECIDED = (
    *(ast.Assign, ast.AugAssign, ast.Return, ast.Call, ast.keyword, ast.Subscript, ast.BinOp, ast.BoolOp, ast.Compare),
    *(ast.If, ast.IfExp, ast.For, ast.ListComp, ast.GeneratorExp, ast.DictComp),
)


@dataclass(frozen=True)
class Effort:
    """What an exercise asks of its reader.

    Attributes:
        decisions: what the reference answer has of assignments, calls, arguments by name, operators, conditions,
            loops and indices, in lines that no earlier answer has.
        difficulty: 1, 2 or 3, from the decisions.
        exactly: minutes to read the task, to write, and for as many tries as it is difficult.
    """

    decisions: int
    difficulty: int
    exactly: float

    @property
    def minutes(self) -> int:
        """As it is told."""
        return rounded(self.exactly)


@cache
def effort(exercise: str) -> Effort:
    """What the exercise of this name asks."""
    own = read_master(load(exercise).lesson).solution(exercise)
    earlier = all_names()[: all_names().index(exercise)]
    known = {line for name in earlier for line in _lines(read_master(load(name).lesson).solution(name))}
    decisions = sum(count for line, count in _lines(own).items() if line not in known)
    designed = load(exercise).budget is not None
    difficulty = 3 if designed or decisions >= HARD else 2 if decisions >= MEDIUM else 1
    reading = len((ast.get_docstring(_function(own, exercise)) or "").split()) / WORDS_A_MINUTE
    writing = decisions / DECISIONS_A_MINUTE * (2 if designed else 1)  # a first design is seldom the last
    return Effort(decisions, difficulty, reading + writing + MINUTES_A_TRY * difficulty)


@cache
def lesson_minutes(lesson: str) -> int:
    """What a whole lesson takes: its English text, its exercises, its experiments and its demos.

    Predictions are in the speed of reading, and blocks to mend are a bonus.
    """
    master = read_master(lesson)
    words = sum(len(cell.source.split()) for cell in master.cells if cell.lang == ORIGINAL)
    tried = [cell for cell in master.cells if cell.experiment and not WITHOUT_POINTS.search(cell.source)]
    demos = sum(bool(DEMO.search(cell.source)) for cell in tried)
    looked_at = len(tried) - demos
    exercises = sum(effort(cell.solution).exactly for cell in master.cells if cell.solution)
    return rounded(words / WORDS_A_MINUTE + looked_at * MINUTES_A_CELL + demos * MINUTES_A_DEMO + exercises)


def rounded(minutes: float) -> int:
    """Minutes as they are told."""
    return max(ROUNDED_TO, ROUNDED_TO * round(minutes / ROUNDED_TO))


def heading(exercise: str, language: str) -> str:
    """The line that stands above an exercise's cell: how hard it is, its minutes, its points."""
    asked = effort(exercise)
    level = say(f"effort.level_{asked.difficulty}", language)
    points = load(exercise).total
    return say("effort.exercise", language, name=exercise, level=level, minutes=asked.minutes, points=points)


def _function(cell: Cell, exercise: str) -> ast.FunctionDef:
    body = ast.parse(solution_source(cell)).body
    return next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == exercise)


def _lines(cell: Cell) -> dict[str, int]:
    """The lines of a reference answer, and how much is decided in each."""
    found: dict[str, int] = {}
    for part in map(textwrap.dedent, WRITTEN.findall(cell.source)):
        lines = part.splitlines()
        for node in ast.walk(ast.parse(part)):
            if isinstance(node, DECIDED):
                line = lines[node.lineno - 1].strip()
                found[line] = found.get(line, 0) + 1
    return found
