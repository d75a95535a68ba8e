"""Writes comparison.md, the tables of the comparison, from the results that are there.

python experiments/tables.py
"""

import sys
from pathlib import Path
from typing import Any

import click

from coursekit.results import load_results
from curriculum.paths import results_folder
from experiments.recipe import EXPERIMENTS, table

PAGE = Path(__file__).with_name("comparison.md")
HEAD = """# What attention buys on Fashion-MNIST

Made by `python experiments/tables.py`; [README.md](README.md#the-comparison) says how the networks were trained.
Accuracy in % on the test images after the last epoch, mean and 95 % t-interval over the seeds. A difference has Welch's
interval, where every seed has pictures of its own the paired one, and `r` is the seeds' correlation with the plain
network. An interval that contains 0 shows no difference. There are many of them: of twenty intervals, one misses the
truth by chance alone.
"""


@click.command()
def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


def page() -> str:
    """The tables as Markdown, of the experiments that have results."""
    parts = [HEAD]
    for name in EXPERIMENTS:
        if (results_folder() / f"comparison-{name}.json").exists():
            content = load_results(f"comparison-{name}")
            parts += [f"## {name}\n", facts(name, content), table(content) + "\n"]
    return "\n".join(parts)


def facts(name: str, content: dict[str, Any]) -> str:
    """How it was trained, on what, and what is missing, as Markdown."""
    recipe, versions = content["recipe"], content["versions"]
    wanted = content["budget"]["seeds"] * len(EXPERIMENTS[name].networks)
    missing = wanted - len(content["runs"])
    machine = versions.get("accelerator", versions["processor"])
    said = (
        f"{recipe['images']:,} images, {recipe['epochs']} epochs, on {machine} by `{content['command']}`. "
        f"{len(content['runs'])} of {wanted} runs."
    )
    return said + (" **Unfinished.**\n" if missing else "\n")


if __name__ == "__main__":
    sys.exit(main())
