"""The demos as the web site shows them: pictures that one control moves through, each with its sentence.

Drawing all of them takes minutes. So they are kept in build/ from one time to the next, with a digest of everything
that they can reach.
"""

import base64
import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.authoring.executed import reached
from curriculum.messages import set_language
from curriculum.paths import REPOSITORY
from curriculum.quiet import import_tensorflow

if TYPE_CHECKING:  # importing it takes seconds
    from coursekit.live import Demo
    from coursekit.live.catalogue import Recorded

KEPT = REPOSITORY / "build" / "recordings"
DPI = 150  # of a figure 900 pixels wide on the page: sharp on a fine display, and when it is made larger


@dataclass(frozen=True)
class Frame:
    """One picture of a recording.

    Attributes:
        position: what the control says.
        finding: the demo's sentence about the picture.
        alt: for readers who do not see it.
        picture: WebP, in base 64.
    """

    position: str
    finding: str
    alt: str
    picture: str


@dataclass(frozen=True)
class Recording:
    """A demo with the trained layer, moved by one control.

    Attributes:
        control: the control's label.
        as_list: whether it is a list to choose from; else a slider.
        start: which frame is the picture that the lesson shows.
        notice: the demo's sentence that says whose layer is at work.
        size: width and height of the pictures on a page, in pixels.
        frames: in the order of the control.
    """

    control: str
    as_list: bool
    start: int
    notice: str
    size: tuple[int, int]
    frames: list[Frame]

    def picture(self, number: int) -> bytes:
        """The picture of a frame, as WebP."""
        return base64.b64decode(self.frames[number].picture)


def recordings(lesson: str, language: str) -> dict[str, Recording]:
    """The lesson's demos by their names, recorded anew if anything has changed that they can reach.

    Raises:
        DataError: Fashion-MNIST, which they show, could not be had.
    """
    path, digest = KEPT / language / f"{lesson}.json", _digest(language)
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if kept.get("digest") != digest:
        demos = {name: asdict(found) for name, found in _record(lesson, language).items()}
        kept = {"digest": digest, "demos": demos}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    return {name: _recording(**found) for name, found in kept["demos"].items()}


def _recording(frames: list[dict[str, str]], size: tuple[int, int], **others: Any) -> Recording:
    return Recording(**others, size=(size[0], size[1]), frames=[Frame(**frame) for frame in frames])


def _digest(language: str) -> str:
    return hashlib.sha256(reached(language).encode() + Path(__file__).read_bytes()).hexdigest()


def _record(lesson: str, language: str) -> dict[str, Recording]:
    """Draw them."""
    import_tensorflow()
    from coursekit.data import refuse_stand_in
    from coursekit.live.catalogue import DEMOS, as_in_lesson

    set_language(language)
    try:
        demos = DEMOS.get(lesson, {}).items()
        found = {demo.__name__: film(as_in_lesson(demo, recorded), recorded) for demo, recorded in demos}
        with suppress(RuntimeError):  # none of them has loaded images
            refuse_stand_in()
    finally:
        set_language(None)
    return found


def film(demo: "Demo", recorded: "Recorded") -> Recording:
    """Record a demo.

    Args:
        demo: set as in the lesson's picture.
        recorded: which of its controls moves, and over which values.
    """
    from ipywidgets import Dropdown

    from coursekit.live.catalogue import positions

    control = demo.controls[recorded.moved]
    start, notice = list(recorded.values).index(control.value), demo.whose()
    frames = [
        Frame(position, demo.shown.finding, demo.shown.alt, base64.b64encode(demo.webp(DPI)).decode())
        for position in positions(demo, recorded)
    ]
    return Recording(control.description, isinstance(control, Dropdown), start, notice, demo.size, frames)
