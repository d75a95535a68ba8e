"""Counts what every network and block costs, and puts it next to what the papers print.

    python experiments/costs.py

Writes data/results/costs.json and experiments/costs.md. The papers' figures are in data/papers.toml.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coursekit.models.catalogue import BLOCKS, NETWORKS, block, network, paper_tables
from coursekit.models.cost import Cost, cost
from curriculum.paths import results_folder

COMMAND = "python experiments/costs.py"
MAP = (14, 14)
CHANNELS = (16, 32, 64, 128, 256)
TABLED_CHANNELS = 64
COUNTED = """\
Multiply-adds are for one image: one for each multiplication in a convolution, a dense layer, or the matrix products of
attention. Pooling, normalisation, activations, biases, interpolation and the gates' scaling of a map do not count.
The papers print trainable parameters; the total adds the running means and variances of batch normalisation."""


def main() -> None:
    """Count, and write both files."""
    networks = {name: cost(network(name)) for name in NETWORKS}
    blocks = {(name, channels): cost(block(name, (*MAP, channels))) for name in BLOCKS for channels in CHANNELS}
    content = {
        "command": COMMAND,
        "networks": [{"name": name, **asdict(costs)} for name, costs in networks.items()],
        "blocks": [
            {"name": name, "input_shape": [*MAP, channels], **asdict(costs)}
            for (name, channels), costs in blocks.items()
        ],
    }
    (results_folder() / "costs.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    (Path(__file__).parent / "costs.md").write_text(page(networks, blocks), "utf-8")


def page(networks: dict[str, Cost], blocks: dict[tuple[str, int], Cost]) -> str:
    """All tables as Markdown."""
    lines = ["# What attention costs", "", f"Made by `{COMMAND}`.", "", *COUNTED.splitlines(), ""]
    lines += ["## Networks, next to the papers", ""]
    lines += ["A tick: what is computed here rounds to what is printed there.", ""]
    for table in paper_tables().values():
        lines += [*paper_table(table, networks), ""]
    lines += ["## All networks", "", "| network | trainable | total | multiply-adds (M) |", "|---|---|---|---|"]
    lines += [f"| {name} | {_numbers(costs)} |" for name, costs in networks.items()]
    height, width = MAP
    lines += ["", f"## Blocks on a {height}×{width} map of {TABLED_CHANNELS} channels", ""]
    lines += ["Attend and Rectify proposes scores for 10 classes; the others give a map of the same size.", ""]
    lines += ["| block | trainable | total | multiply-adds (M) |", "|---|---|---|---|"]
    lines += [f"| {name} | {_numbers(blocks[name, TABLED_CHANNELS])} |" for name in BLOCKS]
    lines += ["", "## Trainable parameters of a block, by channels", ""]
    lines += [f"| block | {' | '.join(map(str, CHANNELS))} |", "|---" * (len(CHANNELS) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(f'{blocks[name, c].trainable:,}' for c in CHANNELS)} |" for name in BLOCKS]
    return "\n".join([*lines, ""])


def paper_table(table: dict[str, Any], networks: dict[str, Cost]) -> list[str]:
    """One table of a paper as lines of Markdown."""
    million, billion = table.get("million", 10**6), table.get("billion", 10**9)
    units = {10**6: "M", 10**9: "G", 2**20: "2^20", 2**30: "2^30"}
    head = f"| network | parameters | printed ({units[million]}) | multiply-adds | printed ({units[billion]}) | why |"
    lines = [f"### {table['source']}", "", head, "|---|---|---|---|---|---|"]
    for row in table["networks"]:
        costs = networks[row["name"]]
        cells = []
        notes = [row["note"]] if "note" in row else []
        for key, count, unit in (("parameters", costs.trainable, million), ("madds", costs.multiply_adds, billion)):
            agrees = rounds_to(count / unit, row.get(key))
            if key == "madds" and not agrees and "madds_note" in table:
                notes.append(table["madds_note"])
            shown = f"{count:,}" if key == "parameters" else f"{count / 1e9:.4f} G"
            cells += [shown, f"{row[key]} {'✓' if agrees else '✗'}" if key in row else "–"]
        lines.append(f"| {row['name']} | {' | '.join(cells)} | {'; '.join(notes)} |")
    return lines


def rounds_to(value: float, printed: str | None) -> bool:
    """Whether a number, rounded to as many digits as were printed, is what was printed; nothing printed agrees."""
    if printed is None:
        return True
    digits = len(printed.partition(".")[2])
    return f"{value:.{digits}f}" == printed


def _numbers(costs: Cost) -> str:
    return f"{costs.trainable:,} | {costs.total:,} | {costs.multiply_adds / 1e6:,.3f}"


if __name__ == "__main__":
    sys.exit(main())
