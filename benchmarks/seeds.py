"""Does a grade depend on the draw? Every answer of the bank under a hundred challenges: python benchmarks/seeds.py

Each seed draws sizes, arguments, inputs and weights, as grading does for a run. That takes hours, so each answer has
its line in build/seeds/ as soon as it is through: a run can be stopped and goes on where it was, several can go on side
by side with other exercises, and a longer one (`--count 20`, then `--count 100`) tries only the seeds that are new.
What is through is kept in benchmarks/seeds.json, with the commit it was tried on; benchmarks/seeds.md is made of that.
"""

import json
import subprocess
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
COUNTED = ("right_refused", "wrong_accepted")
HEADS = (
    ("tried", "exercises", "answers", "challenges each", "trials", "right ones refused", "wrong ones accepted"),
    ("exercise", "tried", "answers", "challenges each", "right ones refused", "wrong ones accepted", "at commit"),
)
RESULTS = Path(__file__).with_suffix(".json")
PAGE = """Whether a grade depends on the draw; made by `python benchmarks/seeds.py`.

Each answer is measured as grading measures it, under so many challenges, each with sizes, arguments, inputs and weights
of its own. A right answer has to pass under every one of them, a wrong one under none.

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


def _keep(count: int) -> None:
    """Note in the results what is through: all answers of a kind, each under so many seeds."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True)
    for exercise in all_names():
        for kind in KINDS:
            entries = _lines(kind, exercise)
            if not entries or entries.keys() != KINDS[kind](exercise).keys():
                continue
            if any(entry["seeds"] < count for entry in entries.values()):
                continue
            found = {
                "answers": len(entries),
                "seeds": min(entry["seeds"] for entry in entries.values()),
                "right_refused": sum(len(entry["other"]) for entry in entries.values() if entry["passed"]),
                "wrong_accepted": sum(len(entry["other"]) for entry in entries.values() if not entry["passed"]),
            }
            kept = results.setdefault(exercise, {})
            if found.items() <= kept.get(kind, {}).items():
                continue  # through already, on the commit that it was tried on
            kept[kind] = found | {"commit": commit.stdout.strip()}
    RESULTS.write_text(json.dumps({name: results[name] for name in all_names() if name in results}, indent=1) + "\n")


def report() -> str:
    """The page: a sum for each kind, then a line for each exercise."""
    results = json.loads(RESULTS.read_text("utf-8"))
    sums = []
    for kind in KINDS:
        tried = [kinds[kind] for kinds in results.values() if kind in kinds]
        if not tried:
            continue
        seeds = sorted({entry["seeds"] for entry in tried})
        sums.append(
            (
                kind,
                f"{len(tried)} of {len(all_names())}",
                f"{sum(entry['answers'] for entry in tried):,}",
                " to ".join(map(str, dict.fromkeys([seeds[0], seeds[-1]]))),
                f"{sum(entry['answers'] * entry['seeds'] for entry in tried):,}",
                f"{sum(entry['right_refused'] for entry in tried):,}",
                f"{sum(entry['wrong_accepted'] for entry in tried):,}",
            )
        )
    rows = [
        (f"`{exercise}`", kind, *(str(entry[fact]) for fact in ("answers", "seeds", *COUNTED, "commit")))
        for exercise, kinds in results.items()
        for kind, entry in kinds.items()
    ]
    tables = [[head, ["---"] * len(head), *table] for head, table in zip(HEADS, (sums, rows), strict=True)]
    return PAGE + "\n".join("".join(f"| {' | '.join(cells)} |\n" for cells in table) for table in tables)


@click.command()
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Only these; all if not given.")
@click.option("--count", default=100, help="Challenges for each answer.")
@click.option("--only-report", is_flag=True, help="Try nothing: keep what is through, and write the page.")
@click.argument("exercises", nargs=-1)
def main(kinds: tuple[str, ...], count: int, only_report: bool, exercises: tuple[str, ...]) -> None:
    """Try the answers to EXERCISES, all if none are given, and write the tables."""
    import_tensorflow()
    for exercise in () if only_report else exercises or all_names():
        for kind in kinds or KINDS:
            _run(kind, exercise, range(1, count + 1))
    _keep(count)
    Path(__file__).with_suffix(".md").write_text(report(), "utf-8")


if __name__ == "__main__":
    main()
