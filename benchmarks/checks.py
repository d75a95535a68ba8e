"""How long a check takes once TensorFlow is warm: python benchmarks/checks.py

Writes benchmarks/checks.md: median and spread over repeated checks of the reference answer to each exercise, in one
process, with everything a notebook's `check` does but printing.
"""

import statistics
import time
from pathlib import Path

from autograder.authoring.reference import reference
from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from autograder.exercises import all_names, load
from autograder.quiet import import_tensorflow

REPEATS = 15


def seconds(exercise: str) -> list[float]:
    """Wall time of each check, the first (cold) one left out."""
    asked, answer = load(exercise), reference(exercise)
    times = []
    for _ in range(REPEATS + 1):
        begin = time.perf_counter()
        expected = load_expected(exercise)
        verdict = judge(asked, measure(answer, asked, Challenge()), expected.reference, expected.mistakes)
        times.append(time.perf_counter() - begin)
        if not verdict.passed:
            raise RuntimeError(f"{exercise}: expected the reference to pass. Received: {verdict.finding}")
    return times[1:]


def main() -> None:
    import_tensorflow()
    rows = []
    for name in all_names():
        times = seconds(name)
        rows.append(f"| `{name}` | {statistics.median(times):.3f} | {min(times):.3f} | {max(times):.3f} |")
        print(rows[-1])
    head = [
        "Seconds for one warm check of the reference answer; made by `python benchmarks/checks.py`.",
        "",
        f"| exercise | median of {REPEATS} | least | most |",
        "|---|---|---|---|",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join([*head, *rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
