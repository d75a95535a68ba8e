"""The course's machinery: checks in notebooks, building the course, grading a class. No answers live here."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checking.notebook import check, hint, start, your_turn
    from autograder.checking.progress import progress
    from autograder.checking.tasks import design, mend, predict

__all__ = ["check", "design", "hint", "mend", "predict", "progress", "start", "your_turn"]


def __getattr__(name: str) -> Any:
    """Import what notebooks use when they ask for it, so that the command line starts fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "progress":
        from autograder.checking.progress import progress

        return progress
    from autograder.checking import notebook, tasks

    return getattr(tasks if name in ("design", "mend", "predict") else notebook, name)
