"""How long each instructor notebook runs, and its kernel's memory: python benchmarks/notebooks.py [LESSON...]

Writes benchmarks/notebooks.md; the rows of lessons that are not named stay. Every cell runs, live demos too,
experiments at their default budgets. A fresh kernel for each.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from curriculum.exercises import LESSONS

PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"  # KiB on Linux


def run(lesson: str) -> tuple[float, float, float]:
    """Wall time in seconds from the kernel's start to the first figure and to the last cell, and peak memory in GB."""
    notebook = instructor_notebook(read_master(lesson), "en")
    notebook.cells.append(new_code_cell(PEAK))
    figures = []  # seconds until each cell with a figure was done

    def executed(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if "<img" in str(cell.get("outputs")):
            figures.append(time.perf_counter() - begin)

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COURSE_PROGRESS": str(Path(folder, "progress.json"))}
        begin = time.perf_counter()
        client = NotebookClient(notebook, timeout=600, kernel_name="python3", on_cell_executed=executed)
        client.execute(cwd=folder, env=environment)
        seconds = time.perf_counter() - begin
    return figures[0], seconds, int(notebook.cells[-1].outputs[0].text) * 1024 / 1e9


def main() -> None:
    page = Path(__file__).with_suffix(".md")
    rows = {
        row.split(" | ")[0].strip("| "): row for row in page.read_text("utf-8").splitlines() if row.startswith("| ")
    }
    for lesson in sys.argv[1:] or LESSONS:
        load = os.getloadavg()[0]
        first, seconds, peak = run(lesson)
        rows[lesson] = f"| {lesson} | {first:.1f} | {seconds:.0f} | {peak:.2f} | {load:.1f} |"
        print(rows[lesson])
    head = [
        f"Each instructor notebook top to bottom on {os.cpu_count()} cores; made by `python benchmarks/notebooks.py`.",
        "",
        "| lesson | seconds to the first figure | to the last cell | peak memory of the kernel, GB | load before |",
        "|---|---|---|---|---|",
    ]
    page.write_text("\n".join([*head, *(rows[lesson] for lesson in LESSONS if lesson in rows)]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
