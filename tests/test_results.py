"""What is said of the shipped results, by lessons, reports and pages, is what the runs say. Nothing is trained here."""

import pytest

from coursekit import results
from coursekit.results import Run, by_name, load_results
from coursekit.statistics import welch
from experiments import tables


def runs(**accuracies: list[float]) -> list[Run]:
    return [
        Run(name, seed, accuracy, 1, 1.0, [1.0])
        for name, values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]


def test_a_report_compares_the_seeds_that_all_networks_have(monkeypatch, capsys):
    content = {"budget": {"images": 10, "epochs": 2}, "runs": runs(plain=[0.70, 0.72, 0.90], SE=[0.81, 0.81])}
    monkeypatch.setattr(results, "load_results", lambda name: content)
    rows = results.report("blocks", "plain", 100)
    assert {name: list(values) for name, values in rows.items()} == {"plain": [70, 72], "SE": [81, 81]}
    assert results.means_and_seeds(rows) == pytest.approx((10, 2))
    printed = capsys.readouterr().out
    # Welch: the standard error is 1, of one network alone, so t has one degree of freedom: 12.71.
    assert results.report("blocks", "plain", 100, ("plain",)).keys() == {"plain"}
    assert "SE" not in capsys.readouterr().out
    assert "2 seeds, 10 images" in printed and "+10.00, 95 % interval -2.71 to +22.71, contains 0" in printed


# What lessons 3, 4, 6 to 10 and 12 say in prose of the shipped runs: each network beside another one.
SAID = {
    ("reconstruction", "no attention"): {"channel": 0, "spatial": 0, "channel + spatial": 0},
    ("classification", "residual"): {"plain": 0, "residual + attention": 0},
    ("order", "channel, then spatial"): {"no attention": 0, "spatial, then channel": 0, "side by side": 0},
    ("bam", "plain"): {"BAM, sum": 0, "BAM, product": 0},
    ("clutter", "last layer alone"): {"attend and rectify": 1, "without gates": 1},
    ("masks", "no mask"): {"M · T": 0, "(1 + M) · T": 1, "self-attention": 1},
    ("masks", "(1 + M) · T"): {"no mask": -1, "M · T": 0, "self-attention": 0},
    ("comparison-blocks", "plain"): {
        **{"SE": 0, "CBAM": -1, "BAM": 0, "ECA": 0, "spatial": -1, "channel + spatial": -1},
        **{"66 wide": 0, "68 wide": 0, "69 wide": 0, "plain, as long": 1},
    },
}


@pytest.mark.parametrize(("experiment", "baseline"), SAID)
def test_what_lessons_say_of_the_shipped_runs(experiment, baseline):
    """1: a larger metric; -1: a smaller one; 0: the interval contains 0. Other results need another text."""
    values = by_name(load_results(experiment)["runs"])
    found = {name: welch(each, values[baseline]) for name, each in values.items() if name != baseline}
    signs = {name: int(difference.low > 0) - int(difference.high < 0) for name, difference in found.items()}
    assert signs == SAID[experiment, baseline]


def test_what_lesson_12_says_of_the_start_of_gates():
    blocks, started = (by_name(load_results(f"comparison-{name}")["runs"]) for name in ("blocks", "starts"))
    to_block = {name: welch(values, blocks[name.partition(", ")[0]]) for name, values in started.items()}
    to_plain = {name: welch(values, blocks["plain"]) for name, values in started.items()}
    assert {name for name, found in to_block.items() if found.low > 0} == {
        "CBAM, scaled",
        "CBAM, identity",
        "SE, identity",
    }
    assert {name: round(100 * found.mean, 2) for name, found in to_plain.items() if found.low > 0} == {
        "CBAM, identity": 0.18,
        "SE, identity": 0.13,
    }
    assert [round(100 * to_block[f"CBAM, {start}"].mean, 1) for start in ("scaled", "identity")] == [0.3, 0.4]
    looked_at = len(blocks) - 1 + 2 * len(started)
    assert looked_at == 26
    assert looked_at * to_block["CBAM, identity"].p < 0.02 and 0.08 < looked_at * to_plain["CBAM, identity"].p < 0.1
    behind = {name: welch(values, blocks["plain"]) for name, values in blocks.items() if name != "plain"}
    looks = {**behind, **{f"{name}, to plain": d for name, d in to_plain.items()}, **to_block}
    assert len(looks) == looked_at
    assert {name for name, found in looks.items() if looked_at * found.p < 0.05} == {
        "plain, as long",
        "channel + spatial",
        "CBAM, identity",
    }
    assert max(max(values) - min(values) for values in blocks.values()) == pytest.approx(0.008, abs=5e-4)
    apart = {name: welch(blocks[name], blocks["plain"]).mean for name in ("CBAM", "channel + spatial")}
    assert {name: round(100 * value, 2) for name, value in apart.items()} == {"CBAM": -0.19, "channel + spatial": -0.3}
    longer = welch(blocks["plain, as long"], blocks["plain"]).mean
    assert longer > 0.005 and longer == pytest.approx(3 * to_plain["CBAM, identity"].mean, rel=0.1)


def test_the_page_of_the_comparison_is_made_from_its_results():
    assert tables.PAGE.read_text("utf-8") == tables.page(), "run python experiments/tables.py"
