"""How long each instructor notebook runs, and how much memory its kernel takes: python benchmarks/notebooks.py

Writes benchmarks/notebooks.md. Every cell runs, live demos too, experiments at their default budgets. A fresh kernel
for each.
"""

import os
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
    rows = []
    for lesson in LESSONS:
        first, seconds, peak = run(lesson)
        rows.append(f"| {lesson} | {first:.1f} | {seconds:.0f} | {peak:.2f} |")
        print(rows[-1])
    head = [
        f"Each instructor notebook top to bottom on {os.cpu_count()} cores; made by `python benchmarks/notebooks.py`.",
        "",
        "| lesson | seconds to the first figure | to the last cell | peak memory of the kernel, GB |",
        "|---|---|---|---|",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join([*head, *rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
