"""How long a check takes once TensorFlow is warm: python benchmarks/checks.py

Writes benchmarks/checks.md: median and spread over repeated checks of the reference answer to each exercise, and over
one check of each of its usual mistakes, in one process, with all that a notebook's `check` does but printing.
"""

import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from autograder.lessons.reference import mistakes, reference
from curriculum.exercises import all_names, load
from curriculum.quiet import import_tensorflow

REPEATS = 15


def seconds(exercise: str, answer: Callable[..., Any]) -> float:
    """Wall time of one check."""
    asked = load(exercise)
    begin = time.perf_counter()
    judge(asked, measure(answer, asked, Challenge()), load_expected(exercise))
    return time.perf_counter() - begin


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.3f} ({min(times):.3f} to {max(times):.3f})"


def main() -> None:
    import_tensorflow()
    warnings.simplefilter("ignore")  # Keras warns of some mistakes
    rows = []
    for name in all_names():
        seconds(name, reference(name))  # the first is cold
        right = [seconds(name, reference(name)) for _ in range(REPEATS)]
        wrong = [seconds(name, answer) for answer in mistakes(name).values()]
        rows.append(f"| `{name}` | {_spread(right)} | {_spread(wrong)} | {len(wrong)} |")
        print(rows[-1])
    head = [
        "Seconds for one warm check: median (least to most); made by `python benchmarks/checks.py`.",
        "",
        f"| exercise | the reference, {REPEATS} times | usual mistakes, once each | mistakes |",
        "|---|---|---|---|",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join([*head, *rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
