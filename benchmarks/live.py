"""How fast each live demo answers a move: python benchmarks/live.py

Writes benchmarks/live.md: for every control the median and the slowest, over all its positions, of the time from the
new value to the new picture in the widget. What the browser takes to show it comes on top.
"""

import os
import time
from pathlib import Path
from statistics import median

from autograder.authoring.reference import reference
from autograder.quiet import import_tensorflow

EXERCISES = {
    "channel_gates": "channel_attention",
    "gates_by_class": "channel_attention",
    "where_it_looks": "spatial_attention",
}
LIMIT_MS = 200


def positions(control) -> list:
    """Every value that a control can take."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    return list(range(control.min, control.max + 1))


def moves(demo, control) -> list[float]:
    """Milliseconds of a move to each position of a control; the first visit and a second one."""
    start, taken = control.value, []
    for value in 2 * [value for value in positions(control) if value != start]:
        begin = time.perf_counter()
        control.value = value
        taken.append(1_000 * (time.perf_counter() - begin))
    control.value = start
    return taken


def main() -> None:
    import_tensorflow()
    from coursekit import live

    lines = [
        f"Time from a control's new value to its picture, over all positions, on {os.cpu_count()} cores; made by",
        "`python benchmarks/live.py`.",
        "",
        "| demo | control | positions | median, ms | slowest, ms |",
        "|---|---|---|---|---|",
    ]
    starts, worst = [], 0.0
    for name, exercise in EXERCISES.items():
        answer = reference(exercise)
        begin = time.perf_counter()
        demo = getattr(live, name)(answer)
        starts.append(f"{name} {time.perf_counter() - begin:.1f} s")
        for key, control in demo.controls.items():
            taken = moves(demo, control)
            worst = max(worst, median(taken))
            lines.append(f"| {name} | {key} | {len(positions(control))} | {median(taken):.0f} | {max(taken):.0f} |")
            print(lines[-1], flush=True)
    verdict = "below" if worst < LIMIT_MS else "NOT below"
    lines += ["", f"The largest median is {worst:.0f} ms, {verdict} {LIMIT_MS} ms."]
    lines += [f"From the call to the first picture: {', '.join(starts)}."]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
