"""What reports and pages say of the shipped results is what the runs say; of lessons, `test_claims.py` holds that."""

import pytest

from coursekit import results
from coursekit.results import Run
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


def test_the_page_of_the_comparison_is_made_from_its_results():
    assert tables.PAGE.read_text("utf-8") == tables.page(), "run python experiments/tables.py"
