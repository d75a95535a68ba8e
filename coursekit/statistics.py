"""What repeated trainings show: intervals, differences, and how many seeds it takes to see one.

Everything here is about a few seeds of one or two networks. "95 %" means: of all the intervals that are made like this,
95 % contain the value that infinitely many seeds would give.
"""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import nctdtr, stdtr, stdtrit

from coursekit.arrays import shaped

LEVEL = 0.95
DRAWS = 10_000  # of a bootstrap: its bounds then differ by about a hundredth of its width from one seed to the next


@dataclass(frozen=True)
class Difference:
    """One network's mean minus another's.

    Attributes:
        mean: the difference.
        low: the lower bound of its 95 % confidence interval.
        high: the upper bound.
        p: how often chance alone would give a difference as large as this one, by the t-test of the same kind.
        freedom: degrees of freedom of that t.
    """

    mean: float
    low: float
    high: float
    p: float
    freedom: float


def summary(values: ArrayLike) -> tuple[float, float, float]:
    """Mean and 95 % confidence interval of a few seeds, by Student's t: mean -/+ t(n - 1) s / sqrt(n).

    Args:
        values: (seeds,).

    Returns:
        (mean, low, high); one seed says nothing about the spread, so low and high are then nan.

    Raises:
        ValueError: not one dimension, or no values.
    """
    values = _seeds(values, "values", 1)
    mean, freedom = float(values.mean()), len(values) - 1
    if freedom == 0:
        return mean, nan, nan
    margin = _quantile(freedom) * float(values.std(ddof=1)) / sqrt(len(values))
    return mean, mean - margin, mean + margin


def welch(values: ArrayLike, others: ArrayLike) -> Difference:
    """The difference of two networks whose runs have nothing in common but the recipe; their spreads may differ.

    Welch, "The generalization of 'Student's' problem when several different population variances are involved"
    (Biometrika 34, 1947). This is the right one unless `correlation` shows that runs of one seed go up and down
    together.

    Args:
        values: (seeds,), at least two.
        others: (seeds,), at least two; need not be as many.

    Raises:
        ValueError: not one dimension, or fewer than two values.
    """
    values, others = _seeds(values, "values", 2), _seeds(others, "others", 2)
    squares = [float(group.var(ddof=1)) / len(group) for group in (values, others)]
    parts = sum(square**2 / (len(group) - 1) for square, group in zip(squares, (values, others), strict=True))
    freedom = sum(squares) ** 2 / parts if parts else float(len(values) + len(others) - 2)
    return _difference(float(values.mean() - others.mean()), sqrt(sum(squares)), freedom)


def paired(values: ArrayLike, others: ArrayLike) -> Difference:
    """The difference of two networks, seed by seed: narrower than `welch` only if the pairs are correlated.

    Pairs that share no more than a seed's number are often not. Then the pairs' number of degrees of freedom, half of
    Welch's, makes the interval wider. Show `correlation` beside it, and decide before the runs which
    interval to report.

    Args:
        values: (seeds,), at least two.
        others: (seeds,), of the same seeds in the same order.

    Raises:
        ValueError: not one dimension, fewer than two values, or not as many of both.
    """
    differences = np.subtract(*_pairs(values, others))
    error = float(differences.std(ddof=1)) / sqrt(len(differences))
    return _difference(float(differences.mean()), error, len(differences) - 1)


def correlation(values: ArrayLike, others: ArrayLike) -> float:
    """Pearson's correlation of two networks over the seeds, -1 to 1; nan if all values of one are equal.

    Args:
        values: (seeds,), at least two.
        others: (seeds,), of the same seeds in the same order.

    Raises:
        ValueError: as in `paired`.
    """
    values, others = _pairs(values, others)
    spread = float(values.std() * others.std())
    return float(np.mean((values - values.mean()) * (others - others.mean()))) / spread if spread else nan


def bootstrap(values: ArrayLike, others: ArrayLike, seed: int = 0) -> tuple[float, float, float]:
    """The difference of two networks with a 95 % percentile interval, which assumes no normal distribution.

    Efron, "Bootstrap methods: another look at the jackknife" (Annals of Statistics 7, 1979). Both groups are drawn anew
    with replacement, each for itself. With ten seeds such an interval is some 5 to 10 % too narrow: it is here to see
    whether `welch` rests on its assumption.

    Args:
        values: (seeds,), at least two.
        others: (seeds,), at least two.
        seed: of the draws.

    Returns:
        (mean, low, high) of the difference.

    Raises:
        ValueError: not one dimension, or fewer than two values.
    """
    values, others = _seeds(values, "values", 2), _seeds(others, "others", 2)
    rng = np.random.default_rng(seed)
    means = [rng.choice(group, (DRAWS, len(group))).mean(axis=1) for group in (values, others)]
    low, high = np.quantile(means[0] - means[1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(values.mean() - others.mean()), float(low), float(high)


def power(difference: float, spread: float, seeds: int, correlation: float | None = None) -> float:
    """How often an experiment with so many seeds of each network would see a difference that is there.

    "See" means: the 95 % interval does not contain 0. By the noncentral t distribution; Cohen, "Statistical power
    analysis for the behavioral sciences" (1988), chapter 2.

    Args:
        difference: of the two means, in the unit of `spread`.
        spread: standard deviation over the seeds of one network, the same for both.
        seeds: of each network, at least 2.
        correlation: of the pairs if the interval is that of `paired`; None for `welch`.

    Returns:
        From 0.05, where there is no difference, to 1.

    Raises:
        ValueError: no spread, fewer than two seeds, or a correlation that is not between -1 and 1.
    """
    if spread <= 0:
        raise ValueError(f"spread: expected a number above 0, received {spread}")
    if seeds < 2:
        raise ValueError(f"seeds: expected at least 2, received {seeds}")
    if correlation is not None and not -1 < correlation < 1:
        raise ValueError(f"correlation: expected a number between -1 and 1, received {correlation}")
    freedom = 2 * (seeds - 1) if correlation is None else seeds - 1
    shift = abs(difference) / (spread * sqrt(2 * (1 - (correlation or 0)) / seeds))
    bound = _quantile(freedom)
    return float(1 - nctdtr(freedom, shift, bound) + nctdtr(freedom, shift, -bound))


def seeds_needed(difference: float, spread: float, wanted: float = 0.8, correlation: float | None = None) -> int:
    """The smallest number of seeds of each network with which `power` is at least `wanted`.

    Args:
        difference: as in `power`; not 0.
        spread: as in `power`.
        wanted: how often the difference shall be seen, between 0 and 1.
        correlation: as in `power`.

    Raises:
        ValueError: as in `power`, no difference, or a `wanted` that is not between 0 and 1.
    """
    if difference == 0:
        raise ValueError("difference: expected another number than 0, which no number of seeds can see")
    if not 0 < wanted < 1:
        raise ValueError(f"wanted: expected a number between 0 and 1, received {wanted}")
    few, many = 1, 2
    while power(difference, spread, many, correlation) < wanted:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if power(difference, spread, middle, correlation) >= wanted else (middle, many)
    return many


def _seeds(values: ArrayLike, name: str, least: int) -> np.ndarray:
    """The values of one network, checked."""
    array: np.ndarray = shaped(values, name, "(seeds,)", 1).astype(float)
    if len(array) < least:
        raise ValueError(f"{name}: expected at least {least} seeds, received {len(array)}")
    return array


def _pairs(values: ArrayLike, others: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The values of two networks of the same seeds, checked."""
    first, second = _seeds(values, "values", 2), _seeds(others, "others", 2)
    if len(first) != len(second):
        raise ValueError(f"others: expected {len(first)} seeds, as many as of the first, received {len(second)}")
    return first, second


def _quantile(freedom: float) -> float:
    """How many standard errors the bounds of an interval lie from its middle."""
    return float(stdtrit(freedom, (1 + LEVEL) / 2))


def _difference(mean: float, error: float, freedom: float) -> Difference:
    """A difference with the interval and the p-value of its standard error."""
    margin = _quantile(freedom) * error
    p = float(2 * stdtr(freedom, -abs(mean) / error)) if error else float(mean == 0)
    return Difference(mean, mean - margin, mean + margin, p, freedom)
