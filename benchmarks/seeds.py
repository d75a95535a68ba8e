"""Does a grade depend on the draw? Every answer of the bank under a hundred challenges: python benchmarks/seeds.py

Writes benchmarks/seeds.md from build/seeds/, where each answer has its line as soon as it is through, so that a run can
be stopped and goes on where it was, and a longer one (`--count 20`, then `--count 100`) tries only the seeds that are
new. Each seed draws sizes, arguments, inputs and weights, as grading does for a run.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import click

from autograder.authoring.proof import mutants_of
from autograder.checking.challenge import Challenge
from autograder.checking.expected import Expected, load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from autograder.grading.judging import is_telling
from autograder.grading.worker.vary_sizes import times, vary_sizes
from autograder.lessons.reference import mistakes, reference, right_answers
from curriculum.exercises import Exercise, all_names, load
from curriculum.paths import REPOSITORY
from curriculum.quiet import import_tensorflow

OTHER_SEEDS = 1_000_000  # are added to a seed that would hide mistakes
FOLDER = REPOSITORY / "build" / "seeds"
PAGE = """Whether a grade depends on the draw; made by `python benchmarks/seeds.py`.

Each answer is measured as grading measures it, under so many challenges, each with sizes, arguments, inputs and weights
of its own. A right answer has to pass under every one of them, a wrong one under none.

| | answers | challenges each | trials | right ones refused | wrong ones accepted |
|---|---|---|---|---|---|
"""
KINDS = {
    "right answers": right_answers,
    "mistakes": mistakes,
    "mutants": lambda name: mutants_of(load(name)),
}


@cache
def _drawn(exercise: str, seed: int, number: int | None) -> tuple[Exercise, Expected]:
    """The exercise as one run asks it, or what it draws for one case, and what the reference gives.

    A run whose challenge would hide mistakes draws another one, and so does this.
    """
    while True:
        asked = vary_sizes(load(exercise), seed)
        if number is not None:
            drawn = times(load(exercise))
            asked = replace(asked, cases=asked.cases[number * drawn : (number + 1) * drawn])
        right = measure(reference(exercise), asked, Challenge(seed))
        if is_telling(asked, right):
            return asked, Expected(seed, "", right, {})
        seed += OTHER_SEEDS


def _passes(exercise: str, answer: Callable[..., Any], seed: int, number: int | None = None) -> bool:
    asked, expected = _drawn(exercise, seed, number)
    return judge(asked, measure(answer, asked, Challenge(expected.seed)), expected).passed


def try_answer(exercise: str, answer: Callable[..., Any], seeds: range) -> dict[str, Any]:
    """Whether the notebook's check passes it, and the seeds under which the verdict is another.

    Of a wrong answer, the first case that shows it in the notebook is drawn first: if that shows it again, the other
    cases need not be measured.
    """
    asked = load(exercise)
    notebook = judge(asked, measure(answer, asked, Challenge()), load_expected(exercise))
    if notebook.passed:
        other = [seed for seed in seeds if not _passes(exercise, answer, seed)]
    else:
        first = next(number for number, wrong in enumerate(notebook.wrong) if wrong)
        other = [seed for seed in seeds if _passes(exercise, answer, seed, first) and _passes(exercise, answer, seed)]
    return {"passed": notebook.passed, "other": other}


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
        before = known.get(name, {"seeds": 0, "other": []})
        if before["seeds"] >= len(seeds):
            continue
        tried = try_answer(exercise, answer, seeds[before["seeds"] :])
        other = [*before["other"], *tried["other"]]
        entry = {"answer": name, "seeds": len(seeds), "passed": tried["passed"], "other": other}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        print(exercise, name, entry["other"] or "", flush=True)
    _drawn.cache_clear()


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
