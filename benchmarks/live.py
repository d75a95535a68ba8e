"""How fast each live demo answers a move: python benchmarks/live.py [DEMO...]

Writes benchmarks/live.md: for every control the median and the slowest, over all its positions, of the time from the
new value to the new picture in the widget. What the browser takes to show it comes on top.
"""

import inspect
import os
import sys
import time
from pathlib import Path
from statistics import median

from autograder.lessons.reference import lesson_namespace
from curriculum.quiet import import_tensorflow

LIMIT_MS = 200


def positions(control) -> list:
    """Every value that a control can take."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    return list(range(control.min, control.max + 1, control.step))


def reference_answers(demo) -> list:
    """What a demo is called with: its parameters have the names of the lesson's functions."""
    from coursekit.live.catalogue import DEMOS

    lesson = lesson_namespace(next(lesson for lesson, demos in DEMOS.items() if demo in demos))
    return [lesson[name] for name in inspect.signature(demo).parameters]


def moves(demo, control) -> tuple[list[float], list[float]]:
    """Milliseconds of a move to each position of a control, twice: by the clock, and of the processors' time."""
    start, by_clock, of_processors = control.value, [], []
    for value in 2 * [value for value in positions(control) if value != start]:
        begin, busy = time.perf_counter(), time.process_time()
        control.value = value
        by_clock.append(1_000 * (time.perf_counter() - begin))
        of_processors.append(1_000 * (time.process_time() - busy))
    control.value = start
    return by_clock, of_processors


def main() -> None:
    import_tensorflow()
    from coursekit import live

    lines = [
        f"Time from a control's new value to its picture, over all positions, on {os.cpu_count()} cores; made by",
        "`python benchmarks/live.py`. A busy machine takes longer by the clock; processors' time is the move's own.",
        "",
        "| demo | control | positions | median, ms | slowest, ms | median of the processors' time, ms |",
        "|---|---|---|---|---|---|",
    ]
    starts, worst, load = [], 0.0, os.getloadavg()[0]
    for name in sys.argv[1:] or sorted(set(live.__all__) - {"Demo"}):
        answers = reference_answers(getattr(live, name))
        begin = time.perf_counter()
        demo = getattr(live, name)(*answers)
        starts.append(f"{name} {time.perf_counter() - begin:.1f} s")
        for key, control in demo.controls.items():
            taken, busy = moves(demo, control)
            worst = max(worst, median(taken))
            counted = f"| {median(taken):.0f} | {max(taken):.0f} | {median(busy):.0f} |"
            lines.append(f"| {name} | {key} | {len(positions(control))} {counted}")
            print(lines[-1], flush=True)
    verdict = "below" if worst < LIMIT_MS else "NOT below"
    lines += ["", f"The largest median is {worst:.0f} ms, {verdict} {LIMIT_MS} ms."]
    lines += [f"Load when it began: {load:.1f} processes. From the call to the first picture: {', '.join(starts)}."]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
