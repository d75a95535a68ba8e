"""Intervals, differences and power, against published numbers and against `scipy.stats`, which does not make them."""

from math import isnan

import numpy as np
import pytest
from scipy import stats

from coursekit.statistics import bootstrap, correlation, paired, power, seeds_needed, summary, welch

# Student's own data (1908), additional hours of sleep by two drugs: R's `sleep`, with what R's manual pages and its
# `t.test` print for it.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_welch_gives_what_r_prints_for_students_data():
    found = welch(FIRST, SECOND)
    assert (found.mean, found.low, found.high) == pytest.approx((-1.58, -3.3654832, 0.2054832), abs=1e-7)
    assert (found.p, found.freedom) == pytest.approx((0.07939414, 17.776474), abs=1e-6)


def test_paired_gives_what_r_prints_for_students_data():
    found = paired(FIRST, SECOND)
    assert (found.mean, found.low, found.high) == pytest.approx((-1.58, -2.4598858, -0.7001142), abs=1e-7)
    assert (found.p, found.freedom) == pytest.approx((0.00283289, 9), abs=1e-7)
    assert correlation(FIRST, SECOND) == pytest.approx(0.7951702, abs=1e-7)


def test_they_agree_with_scipy_for_groups_of_two_sizes():
    rng = np.random.default_rng(1)
    one, other = rng.normal(92, 0.3, 10), rng.normal(92.2, 0.6, 7)
    known = stats.ttest_ind(one, other, equal_var=False)
    found = welch(one, other)
    assert (found.low, found.high) == pytest.approx(tuple(known.confidence_interval()))
    assert (found.p, found.freedom) == pytest.approx((known.pvalue, known.df))
    mean, low, high = summary(one)
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 9, mean, stats.sem(one)))
    resampled = stats.bootstrap(
        (one, other), lambda a, b: a.mean() - b.mean(), method="percentile", rng=2, n_resamples=10_000, vectorized=False
    )
    assert bootstrap(one, other) == pytest.approx((found.mean, *resampled.confidence_interval), abs=0.02)


@pytest.mark.parametrize(
    ("values", "mean", "margin"),
    [
        ([10, 12], 11, 12.706),  # s / sqrt(n) = sqrt(2) / sqrt(2) = 1
        ([1, 2, 3], 2, 4.303 / 3**0.5),  # s = 1
        ([1, 2, 3, 4, 5], 3, 2.776 * 0.5**0.5),  # s^2 / n = 2.5 / 5
        ([0, 1] * 15 + [0.5], 0.5, 2.042 * (7.5 / 30 / 31) ** 0.5),  # 30 degrees of freedom
        ([0, 1] * 16, 0.5, 2.040 * (8 / 31 / 32) ** 0.5),
        ([7, 7, 7], 7, 0),
    ],
)
def test_summary_equals_the_interval_by_hand(values, mean, margin):
    """With the quantiles of the NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2: three decimals."""
    assert summary(values) == pytest.approx((mean, mean - margin, mean + margin), rel=1e-3)


def test_summary_of_one_seed_has_no_interval():
    mean, low, high = summary([0.9])
    assert mean == 0.9
    assert isnan(low) and isnan(high)


def test_pairs_without_correlation_make_the_interval_wider_and_with_it_narrower():
    rng = np.random.default_rng(0)
    apart = together = 0.0
    for _ in range(200):
        seed, one, other = rng.normal(size=(3, 10))
        apart += (paired(one, other).high - paired(one, other).low) - (welch(one, other).high - welch(one, other).low)
        both = one + 2 * seed, other + 2 * seed
        together += (paired(*both).high - paired(*both).low) - (welch(*both).high - welch(*both).low)
    assert apart > 0 > together


@pytest.mark.parametrize(
    ("effect", "seeds", "pairs", "known"),
    [
        (0.5, 64, None, 0.8014596),  # the textbook's 64 in each group for a medium effect and a power of 0.80
        (0.8, 26, None, 0.8074866),
        (0.5, 34, 0.5, 0.8077775),  # pairs: an effect of 0.5 of the differences' own spread
    ],
)
def test_power_is_the_textbooks(effect, seeds, pairs, known):
    """Cohen (1988), tables 2.3; the digits are those of G*Power and of R's `power.t.test`."""
    assert power(effect, 1, seeds, pairs) == pytest.approx(known, abs=1e-6)
    assert seeds_needed(effect, 1, 0.8, pairs) == seeds


def test_power_is_how_often_a_difference_is_seen():
    rng = np.random.default_rng(3)
    seen = [welch(*pair).p < 0.05 for pair in rng.normal([[0.3], [0.0]], 0.25, (4000, 2, 10))]
    assert np.mean(seen) == pytest.approx(power(0.3, 0.25, 10), abs=0.025)
    assert power(0, 1, 10) == pytest.approx(0.05)


def test_what_has_no_interval_says_so():
    assert summary([3])[0] == 3 and all(map(isnan, summary([3])[1:]))
    assert isnan(correlation([1, 1], [1, 2]))
    same = welch([1, 1], [1, 1])
    assert (same.mean, same.low, same.high, same.p) == (0, 0, 0, 1)
    for call, message in [
        (lambda: welch([1], [1, 2]), "values: expected at least 2 seeds, received 1"),
        (lambda: paired([1, 2], [1, 2, 3]), "others: expected 2 seeds, as many as of the first, received 3"),
        (lambda: summary([]), "values: expected"),
        (lambda: power(1, 0, 10), "spread: expected a number above 0, received 0"),
        (lambda: power(1, 1, 1), "seeds: expected at least 2, received 1"),
        (lambda: power(1, 1, 5, 1.0), "correlation: expected a number between -1 and 1, received 1.0"),
        (lambda: seeds_needed(0, 1), "difference: expected another number than 0"),
        (lambda: seeds_needed(1, 1, 1.0), "wanted: expected a number between 0 and 1, received 1.0"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
