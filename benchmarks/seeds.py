"""Does a grade depend on the draw? Every answer of the bank under a hundred challenges: python benchmarks/seeds.py

Writes benchmarks/seeds.md from build/seeds/, where each answer has its line as soon as it is through, so that a run can
be stopped and goes on where it was. Each seed draws sizes, arguments, inputs and weights, as grading does for a run. An
answer's points under it, as a submission would get them, are compared with what the notebook's own check says.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click

from autograder.authoring.proof import mutants_of
from autograder.checking.challenge import Challenge
from autograder.checking.expected import Expected, load_expected
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.grading.judging import confirmed_wrong
from autograder.grading.worker.vary_sizes import vary_sizes
from autograder.lessons.reference import mistakes, reference, right_answers
from curriculum.exercises import Exercise, all_names, load
from curriculum.paths import REPOSITORY
from curriculum.quiet import import_tensorflow

FOLDER = REPOSITORY / "build" / "seeds"
PAGE = """Whether a grade depends on the draw; made by `python benchmarks/seeds.py`.

Each answer is graded under so many challenges, each with sizes, arguments, inputs and weights of its own. A wrong
answer loses in the grade what it lost in the notebook, also where a draw does not show what is wrong (**unseen**); it
loses more where a draw shows far more of it wrong than the notebook did (**other points**).

| | answers | challenges each | trials | right ones refused | wrong ones unseen | wrong ones with other points |
|---|---|---|---|---|---|---|
"""
KINDS = {
    "right answers": right_answers,
    "mistakes": mistakes,
    "mutants": lambda name: mutants_of(load(name)),
}


@cache
def _expected(exercise: str, seed: int) -> tuple[Exercise, Expected]:
    """The exercise as one run asks it, and what the reference gives."""
    asked = vary_sizes(load(exercise), seed)
    return asked, Expected(seed, "", measure(reference(exercise), asked, Challenge(seed)), {})


def _points(notebook: Verdict, fresh: Verdict) -> float:
    """What a submission earns."""
    if notebook.passed:
        return fresh.points
    return Verdict(notebook.exercise, confirmed_wrong(notebook, fresh)).points


def try_answer(exercise: str, answer: Callable[..., Any], seeds: range) -> dict[str, Any]:
    """The notebook's points, the draws that see nothing wrong, and the seeds under which the points are others."""
    asked = load(exercise)
    notebook = judge(asked, measure(answer, asked, Challenge()), load_expected(exercise))
    unseen, other = 0, {}
    for seed in seeds:
        asked, expected = _expected(exercise, seed)
        fresh = judge(asked, measure(answer, asked, Challenge(seed)), expected)
        unseen += fresh.passed
        points = _points(notebook, fresh)
        if points != notebook.points:
            other[seed] = points
    return {"points": notebook.points, "passed": notebook.passed, "unseen": unseen, "other": other}


def _lines(kind: str, exercise: str) -> dict[str, dict[str, Any]]:
    """What is known already, by answer."""
    path = FOLDER / kind / f"{exercise}.jsonl"
    entries = map(json.loads, path.read_text("utf-8").splitlines()) if path.exists() else ()
    return {entry["answer"]: entry for entry in entries}


def _run(kind: str, exercise: str, seeds: range) -> None:
    """Try the answers of a kind that have not been tried under as many seeds."""
    known = _lines(kind, exercise)
    path = FOLDER / kind / f"{exercise}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, answer in KINDS[kind](exercise).items():
        if known.get(name, {}).get("seeds", 0) >= len(seeds):
            continue
        entry = {"answer": name, "seeds": len(seeds)} | try_answer(exercise, answer, seeds)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        print(exercise, name, entry["other"] or "", flush=True)
    _expected.cache_clear()


def _row(kind: str) -> str:
    """A line of the table."""
    entries = [entry for name in all_names() for entry in _lines(kind, name).values()]
    trials = sum(entry["seeds"] for entry in entries)
    right = [entry for entry in entries if entry["passed"]]
    wrong = [entry for entry in entries if not entry["passed"]]
    seeds = sorted({entry["seeds"] for entry in entries})
    cells = (
        kind,
        f"{len(entries):,}",
        " to ".join(map(str, dict.fromkeys([seeds[0], seeds[-1]]))),
        f"{trials:,}",
        f"{sum(len(entry['other']) for entry in right):,}",
        f"{sum(entry['unseen'] for entry in wrong):,}",
        f"{sum(len(entry['other']) for entry in wrong):,}",
    )
    return f"| {' | '.join(cells)} |"


def _report() -> str:
    """The page."""
    return PAGE + "\n".join(_row(kind) for kind in KINDS if (FOLDER / kind).exists()) + "\n"


@click.command()
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Only these; all if not given.")
@click.option("--count", default=100, help="Challenges for each answer.")
@click.argument("exercises", nargs=-1)
def main(kinds: tuple[str, ...], count: int, exercises: tuple[str, ...]) -> None:
    """Try the answers to EXERCISES, all if none are given, and write the table."""
    import_tensorflow()
    for kind in kinds or KINDS:
        for exercise in exercises or all_names():
            _run(kind, exercise, range(1, count + 1))
    Path(__file__).with_suffix(".md").write_text(_report(), "utf-8")


if __name__ == "__main__":
    main()
