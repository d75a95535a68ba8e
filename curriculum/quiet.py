"""Keeping quiet what should be: TensorFlow's lines on stderr, and megabytes that an answer prints."""

import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

PRINTED_CHARACTERS = 1000  # enough to find a mistake by printing, too few to choke a browser


@contextmanager
def limited_output(rest: str) -> Iterator[None]:
    """Let the first characters through to stdout, then say how many more there were: `rest` has a `{count}`."""
    shown = _FirstCharacters(sys.stdout)
    with redirect_stdout(shown), redirect_stderr(shown):
        yield
    if shown.left_out:
        print("\n" + rest.format(count=shown.left_out))


class _FirstCharacters(io.TextIOBase):
    """Passes on what is written, up to a limit, and counts the rest."""

    def __init__(self, target: TextIO) -> None:
        self.target, self.room, self.left_out = target, PRINTED_CHARACTERS, 0

    def write(self, text: str) -> int:
        shown = text[: self.room]
        self.room -= len(shown)
        self.left_out += len(text) - len(shown)
        self.target.write(shown)
        return len(text)

    def flush(self) -> None:
        self.target.flush()


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Discard what is written to file descriptor 2, which Python's own redirection does not reach."""
    saved = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Collect no garbage meanwhile: an import leaves little, and looking for it takes an eighth of TensorFlow's."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def import_tensorflow() -> None:
    """Import TensorFlow and Keras, quietly.

    Raises: ImportError if they are not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr(), _without_collections():
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
