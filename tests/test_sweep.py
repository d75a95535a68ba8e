"""The comparison of attention blocks: what is made of the runs, and that it can be resumed. Nothing is trained here."""

import json
from functools import partial

import pytest
from click.testing import CliRunner

from coursekit import results
from coursekit.results import Budget, Run, load_results
from coursekit.statistics import summary
from experiments import attention

BUDGET = Budget(images=10, epochs=2, seeds=3, test_images=20)


def runs(**accuracies: list[float]) -> list[Run]:
    return [
        Run(name, seed, accuracy, 1, 1.0, [1.0])
        for name, values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]


def test_differences_are_paired_by_seed():
    """Seeds differ by much more than the networks do; pairing takes that out."""
    plain, se, cbam = attention.compare(
        runs(plain=[0.70, 0.80, 0.90], SE=[0.71, 0.81, 0.91], CBAM=[0.69, 0.81]), {"plain": 12.5}
    )
    assert "difference" not in plain and plain["step_ms"] == 12.5 and se["step_ms"] is None
    assert se["difference"] == pytest.approx(0.01) and se["difference_interval"] == pytest.approx([0.01, 0.01])
    assert se["interval"][0] < 0.6 < 0.9 < se["interval"][1]
    # t(1) = 12.706; differences -0.01 and 0.01, so the standard error is 0.01.
    assert cbam["seeds"] == 2 and cbam["difference_interval"] == pytest.approx([-0.12706, 0.12706], abs=1e-5)
    assert (plain["parameters"], se["parameters"], cbam["parameters"]) == (272_186, 274_559, 275_459)
    assert plain["multiply_adds"] == 31_021_952


def test_the_verdict_says_if_a_block_does_not_help():
    rows = attention.compare(
        runs(plain=[0.7, 0.8], SE=[0.71, 0.81], ECA=[0.7, 0.81], CBAM=[0.6, 0.7], BAM=[0.7, 0.79]), {}
    )
    assert attention.verdict(rows) == "Better than plain: SE. Worse: CBAM. No difference shown: ECA, BAM."
    rows = attention.compare(runs(plain=[0.7], SE=[0.8]), {})
    assert attention.verdict(rows) == "One seed shows nothing."
    assert "**Unfinished: 2 of 15 runs.**" in attention.page(rows, BUDGET, "command")


def test_a_report_compares_the_seeds_that_all_networks_have(monkeypatch, capsys):
    content = {"budget": {"images": 10, "epochs": 2}, "runs": runs(plain=[0.70, 0.80, 0.90], SE=[0.71, 0.81])}
    monkeypatch.setattr(results, "load_results", lambda name: content)
    rows = results.report("attention", "plain", 100)
    assert {name: list(values) for name, values in rows.items()} == {"plain": [70, 80], "SE": [71, 81]}
    assert results.means_and_seeds(rows) == pytest.approx((1, 10))
    printed = capsys.readouterr().out
    assert "2 seeds, 10 images" in printed and "+1.00, 95 % interval +1.00 to +1.00, does not contain 0" in printed


# What lessons 4 and 6 to 10 say in prose of the shipped runs, compared with a network seed by seed.
SAID = {
    ("reconstruction", "no attention"): {"channel": 0, "spatial": -1, "channel + spatial": 0},
    ("classification", "residual"): {"plain": 0, "residual + attention": 0},
    ("order", "channel, then spatial"): {"no attention": 0, "spatial, then channel": 0, "side by side": 0},
    ("bam", "plain"): {"BAM, sum": 0, "BAM, product": 0},
    ("clutter", "last layer alone"): {"attend and rectify": 1, "without gates": 1},
    ("masks", "no mask"): {"M · T": 0, "(1 + M) · T": 1, "self-attention": 1},
    ("longer", "plain"): {"CBAM": -1},
    ("attention", "plain"): {"SE": 0, "ECA": 0, "CBAM": -1, "BAM": 0},
}


@pytest.mark.parametrize(("experiment", "baseline"), SAID)
def test_what_lessons_say_of_the_shipped_runs(experiment, baseline):
    """1: a larger metric; -1: a smaller one; 0: the interval contains 0. Other results need another text."""
    rows = results.report(experiment, baseline, 1)
    bounds = {name: summary(values - rows[baseline])[1:] for name, values in rows.items() if name != baseline}
    assert {name: int(low > 0) - int(high < 0) for name, (low, high) in bounds.items()} == SAID[experiment, baseline]


def test_the_page_is_made_from_the_shipped_runs():
    content = load_results("attention")
    rows = attention.compare(content["runs"], content["step_ms"])
    for row, shipped in zip(rows, content["networks"], strict=True):  # made with a t of three decimals
        assert list(row.values()) == [pytest.approx(value, abs=5e-6) for value in shipped.values()]
    page = attention.page(rows, Budget(**content["budget"]), content["command"])
    assert page == (attention.PAGES / "attention.md").read_text("utf-8")


def test_an_interrupted_sweep_goes_on_where_it_stopped(tmp_path, monkeypatch):
    trained = []

    def train(name, builder, data, budget, task, seed):
        trained.append((name, seed))
        if len(trained) == 7:
            raise KeyboardInterrupt
        return Run(name, seed, 0.5 + seed / 100, 1, 1.0, [1.0]), None

    for name, value in {
        "train": train,
        "BUDGETS": {"attention": BUDGET},
        "PAGES": tmp_path,
        "results_folder": lambda: tmp_path,
        "load_fashion_mnist": lambda: None,
        "load_results": partial(load_from, tmp_path),
    }.items():
        monkeypatch.setattr(attention, name, value)
    monkeypatch.setattr("coursekit.results.refuse_stand_in", lambda: None)

    assert CliRunner().invoke(attention.main, []).exit_code == 1
    assert CliRunner().invoke(attention.main, []).exit_code == 0
    everything = [(name, seed) for seed in range(3) for name in attention.NETWORKS]
    assert trained == everything[:7] + everything[6:]
    monkeypatch.setattr(attention, "BUDGETS", {"attention": Budget(images=11, epochs=2, seeds=3)})
    refused = CliRunner().invoke(attention.main, [])
    assert refused.exit_code == 2 and "attention.json has runs of another budget" in refused.output
    content = json.loads((tmp_path / "attention.json").read_text("utf-8"))
    assert [(run["name"], run["seed"]) for run in content["runs"]] == everything


def load_from(folder, name):
    content = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return content | {"runs": [Run(**run) for run in content["runs"]]}
