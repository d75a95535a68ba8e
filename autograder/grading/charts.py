"""The report's two figures, counted: points in bins, and submissions over time against the due date."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

MOST_POINT_BINS = 12  # with a number under each, on a telephone
MOST_TIME_BINS = 24
STEPS = (1, 2, 5)  # and these times ten, a hundred: steps between numbers that people read easily
HOURS = (1, 2, 3, 6, 12, 24, 48, 7 * 24)  # of a bin of time; beyond that, whole weeks


@dataclass(frozen=True)
class Bar:
    """One bar: what it counts in words, how many, and its share of the highest. `tick` stands where it begins."""

    label: str
    count: int
    share: float
    tick: str = ""
    late: bool = False


@dataclass(frozen=True)
class TimeLine:
    """Submissions over time. `late` counts those that came after the due date, `excused` those of them that may.

    `count` are those that say when they were handed in, `untimed` those that do not.
    """

    bars: list[Bar]
    begin: str
    end: str
    due: str
    count: int
    late: int
    excused: int
    untimed: int


def points_in_bins(scores: list[float], total: float) -> list[Bar]:
    """How many have how many points, from each bar's tick up to the next. Extra credit may be beyond the total."""
    step = next(
        nice * ten for ten in (1, 10, 100, 1000) for nice in STEPS if total / (nice * ten) < MOST_POINT_BINS
    )  # a lesson has some twenty points
    counted = Counter(int(score // step) for score in scores)
    most, last = max(counted.values()), max(int(total // step), *counted)
    return [
        Bar(f"{bin * step}–{(bin + 1) * step}", counted[bin], counted[bin] / most, str(bin * step))
        for bin in range(last + 1)
    ]


def time_line(
    times: list[datetime], due: datetime | None, excused: int, zone: tzinfo | None, untimed: int = 0
) -> TimeLine | None:
    """When work came in. Nothing if no time is known. The due date lies between two bars.

    Args:
        times: of those whose time is known, in UTC without a zone, as `due` is.
        due: of everybody, without extensions; None if there is none.
        excused: of how many the time is after the due date, and not late, because they have an extension.
        zone: in which times are told; None for this machine's.
        untimed: how many more there are, whose time is not known.
    """
    if not times:
        return None
    anchor = due or min(times).replace(minute=0, second=0, microsecond=0)
    width, bins = _bins(times, anchor)
    counted = Counter(bins)
    # The due date is in the picture, even if all were early or all late.
    first, last = (min(*bins, 0), max(*bins, -1)) if due else (min(bins), max(bins))
    most = max(counted.values())

    def told(bin: int) -> str:
        return f"{(anchor + bin * width).replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"

    bars = [
        Bar(f"{told(bin)} – {told(bin + 1)}", counted[bin], counted[bin] / most, late=bool(due) and bin >= 0)
        for bin in range(first, last + 1)
    ]
    late = sum(time > due for time in times) if due else 0
    return TimeLine(bars, told(first), told(last + 1), told(0) if due else "", len(times), late, excused, untimed)


def _bins(times: list[datetime], anchor: datetime) -> tuple[timedelta, list[int]]:
    """The narrowest bins that are few enough, and in which of them each time is: its end belongs to a bin."""
    span = max(*times, anchor) - min(*times, anchor)
    weeks = math.ceil(span / timedelta(weeks=MOST_TIME_BINS - 2))
    for width in (*(timedelta(hours=hours) for hours in HOURS), timedelta(weeks=max(weeks, 1))):
        bins = [math.ceil((time - anchor) / width) - 1 for time in times]
        if max(*bins, -1) - min(*bins, 0) < MOST_TIME_BINS:
            break
    return width, bins
