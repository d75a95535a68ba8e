"""Fashion-MNIST for the lessons: found or downloaded, checked, and without network replaced by a drawn stand-in.

The images are by Zalando Research (Xiao, Rasul, Vollgraf: "Fashion-MNIST: a Novel Image Dataset for Benchmarking
Machine Learning Algorithms", 2017; MIT licence). `data/README.md` says where the files may lie.
"""

import errno
import gzip
import hashlib
import io
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Literal

import numpy as np

from curriculum.messages import say
from curriculum.quiet import silent_stderr

__all__ = ["CLASS_NAMES", "DataError", "fashion_mnist_source", "load_fashion_mnist", "refuse_stand_in"]

Source = Literal["folder", "cache", "download", "stand-in"]
Split = tuple[np.ndarray, np.ndarray]

CLASS_NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")

# MD5 as published by Zalando Research, in the order they are read: images and labels to learn from, then to test on.
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
CLONE_FOLDER = Path(__file__).resolve().parent.parent / "data" / "fashion-mnist"

STAND_IN_SIZES = (2000, 500)  # enough for a small network to learn from, and drawn in about a second
STAND_IN_SEED = 2017
DISK_ERRORS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "data.disk_full"),  # EDQUOT: a user's quota on a shared machine
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "data.not_writable"),
}
TIMEOUT_S = 30  # a firewall that swallows packets would otherwise keep a lesson waiting for minutes
STILL_GROWING_S = 5  # a file changed so recently may be another notebook's download, not the remains of a dead one

_source: Source | None = None


class DataError(Exception):
    """Why the images cannot be had, and what to do, in the reader's language."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the frames are the course's, where a student can fix nothing."""
        return [str(self)]


def load_fashion_mnist() -> tuple[Split, Split]:
    """Fashion-MNIST as `keras.datasets` gives it, from the first place that has it.

    The places: `$FASHION_MNIST_DIR`; `data/fashion-mnist/` of the clone; what Keras has downloaded before; a download
    through Keras; and without network a small drawn stand-in, announced as such. Prints one line that says which.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: read-only uint8 arrays, images `(60000, 28, 28)` and `(10000, 28, 28)`
        with grey values 0 to 255, labels `(60000,)` and `(10000,)` from 0 to 9. Of the stand-in, 2,000 and 500.

    Raises:
        DataError: a file is damaged, missing from `$FASHION_MNIST_DIR`, or cannot be written or read.
    """
    global _source
    _source = None
    source: Source
    if chosen := os.environ.get("FASHION_MNIST_DIR"):
        folder, source = _whole_chosen_folder(Path(chosen).expanduser().absolute()), "folder"
    elif not _missing(CLONE_FOLDER):
        folder, source = _whole_clone_folder(), "folder"
    elif not _missing(folder := _keras_folder()) and not _damaged(folder):
        source = "cache"
    else:
        folder, source = _download()
    arrays = _stand_in() if source == "stand-in" else _read(folder)
    if source != "stand-in":
        print(say(f"data.from_{source}", train=len(arrays[0][0]), test=len(arrays[1][0]), folder=folder))
    _source = source
    return arrays


def fashion_mnist_source() -> Source:
    """Where the images last loaded came from: "folder", "cache", "download" or "stand-in".

    Raises:
        RuntimeError: none were loaded, or loading failed.
    """
    if _source is None:
        raise RuntimeError("Expected load_fashion_mnist() to have returned before. Received: no images loaded yet")
    return _source


def refuse_stand_in() -> None:
    """Stop here unless the images last loaded are Fashion-MNIST: for experiments whose numbers are published.

    Raises:
        DataError: they are the stand-in.
        RuntimeError: none were loaded.
    """
    if fashion_mnist_source() == "stand-in":
        raise DataError(say("data.refused"))


def _missing(folder: Path) -> list[str]:
    try:
        present = {path.name for path in folder.iterdir()}
    except OSError:  # no such folder, or one that may not be looked into
        present = set()
    return [name for name in CHECKSUMS if name not in present]


def _damaged(folder: Path) -> dict[Path, str]:
    """Files of the folder that are not the published ones -> the MD5 they have.

    Raises:
        DataError: a file cannot be read.
    """
    missing, received = _missing(folder), {}
    for path in (folder / name for name in CHECKSUMS if name not in missing):
        try:
            received[path] = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        except OSError as error:
            raise DataError(say("data.unreadable", file=path, reason=error.strerror)) from None
    return {path: md5 for path, md5 in received.items() if md5 != CHECKSUMS[path.name]}


def _damage_report(damaged: dict[Path, str], advice: str) -> DataError:
    files = [(path, CHECKSUMS[path.name], md5) for path, md5 in damaged.items()]
    lines = [say("data.damaged_file", file=path, expected=good, received=bad) for path, good, bad in files]
    return DataError(say("data.damaged", files="\n".join(lines), advice=advice))


def _read_idx(path: Path) -> np.ndarray:
    """The uint8 array in a gzip IDX file: a magic number ending in the rank, the sizes, then the bytes."""
    content = gzip.decompress(path.read_bytes())
    rank = content[3]
    shape = np.frombuffer(content, ">u4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _read(folder: Path) -> tuple[Split, Split]:
    x_train, y_train, x_test, y_test = (_read_idx(folder / name) for name in CHECKSUMS)
    return (x_train, y_train), (x_test, y_test)


def _whole_chosen_folder(folder: Path) -> Path:
    """The folder, if whole. It is the reader's own: nothing in it is changed, and nothing else is tried silently."""
    if missing := _missing(folder):
        raise DataError(say("data.missing", folder=folder, files=", ".join(missing)))
    if damaged := _damaged(folder):
        raise _damage_report(damaged, say("data.advice_chosen"))
    return folder


def _whole_clone_folder() -> Path:
    """The clone's folder, if whole. Damaged files are set aside, so that the next start goes on to the download."""
    damaged = _damaged(CLONE_FOLDER)
    if not damaged:
        return CLONE_FOLDER
    try:
        for path in damaged:
            path.replace(path.with_name(path.name + ".damaged"))
    except OSError:
        raise _damage_report(damaged, say("data.advice_by_hand")) from None
    raise _damage_report(damaged, say("data.advice_set_aside"))


def _keras_folder() -> Path:
    """Where Keras keeps the four files, found as Keras itself finds it, but without importing TensorFlow for it."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    if not os.access(home, os.W_OK):
        home = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir(), ".keras")
    return home / "datasets" / "fashion-mnist"


def _download() -> tuple[Path, Source]:
    """Fetch what Keras lacks; twice at most, because a damaged file is removed and fetched anew at once.

    Raises:
        DataError: the disk is full, the folder cannot be written, or even a new download is damaged.
    """
    for _ in range(2):
        reason = _fetch_through_keras()
        folder = _keras_folder()  # asked afterwards, for importing Keras makes its home where there was none
        damaged = _mend(folder)
        if missing := set(_missing(folder)) - {path.name for path in damaged}:
            _announce_stand_in(reason or ", ".join(sorted(missing)))
            return folder, "stand-in"
        if not damaged:
            return folder, "download"
    raise _damage_report(damaged, say("data.advice_removed"))


def _fetch_through_keras() -> str:
    """Let Keras download the files that are not whole in its cache; return why it could not, or ''.

    Raises:
        DataError: the disk is full, or the folder cannot be written.
    """
    with _quiet():
        import keras  # here, because it takes seconds and a whole copy needs none of it
    folder = _keras_folder()
    print(say("data.downloading"), flush=True)
    _mend(folder)
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        with _quiet():
            keras.datasets.fashion_mnist.load_data()
    except Exception as error:  # without network Keras raises a plain Exception; _download asks the files
        key = DISK_ERRORS.get(getattr(error, "errno", 0))
        if key is None:
            return str(error) or type(error).__name__
        _mend(folder)
        raise DataError(say(key, folder=folder)) from None
    finally:
        socket.setdefaulttimeout(timeout)
    return ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Show neither Keras' progress bars, which fill a page, nor what TensorFlow's C++ prints on stderr."""
    with silent_stderr(), redirect_stdout(io.StringIO()):
        yield


def _mend(folder: Path) -> dict[Path, str]:
    """Remove damaged files from Keras' cache and return them with their MD5.

    Raises:
        DataError: they cannot be removed.
    """
    for path in _damaged(folder):
        with suppress(FileNotFoundError):
            while 0 <= time.time() - path.stat().st_mtime < STILL_GROWING_S:
                time.sleep(STILL_GROWING_S / 10)
    damaged = _damaged(folder)
    try:
        for path in damaged:
            path.unlink(missing_ok=True)
    except OSError:
        raise _damage_report(damaged, say("data.advice_by_hand")) from None
    return damaged


def _announce_stand_in(reason: str) -> None:
    """Say loudly that what follows is not Fashion-MNIST."""
    train, test = STAND_IN_SIZES
    frame = "=" * 78
    print(frame, say("data.stand_in", train=train, test=test, reason=reason), frame, sep="\n")


# The stand-in's outlines, one line a class: corners "x,y" in percent of the image, parts divided by "/"; where parts
# overlap there is a hole. They only have to be ten classes of the right size that a network can tell apart.
OUTLINES = (
    "30,12 42,18 58,18 70,12 95,30 85,44 73,36 73,90 27,90 27,36 15,44 5,30",
    "31,6 69,6 74,96 56,96 50,34 44,96 26,96",
    "36,10 64,10 78,18 96,80 84,86 71,42 71,88 29,88 29,42 16,86 4,80 22,18",
    "38,4 44,4 50,16 56,4 62,4 60,40 76,96 24,96 40,40",
    "34,6 66,6 80,16 92,72 82,76 74,42 76,96 24,96 26,42 18,76 8,72 20,16 / 48,14 52,14 52,96 48,96",
    "4,78 50,72 96,70 96,80 4,86 / 12,72 30,50 38,50 24,72 / 46,68 62,34 70,34 58,68 / 76,66 84,24 92,24 90,66",
    "34,8 44,8 50,34 56,8 66,8 80,18 90,52 78,58 70,38 70,92 30,92 30,38 22,58 10,52 20,18 / 46,50 54,50 54,84 46,84",
    "4,62 30,54 52,38 66,46 92,40 96,76 4,76 / 36,56 56,46 60,52 42,60",
    "10,42 90,42 94,88 6,88 / 28,42 34,14 66,14 72,42 64,42 60,22 40,22 36,42",
    "40,8 78,8 80,50 88,80 88,92 10,92 8,78 36,58",
)


def _draw(label: int, rng: np.random.Generator) -> np.ndarray:
    """One image of the class, `(28, 28)` uint8: its outline stretched, sheared and moved a little, with a texture."""
    size, shear, shift = rng.uniform(0.8, 1.05, 2), rng.uniform(-0.1, 0.1), rng.uniform(-0.05, 0.05, 2)
    edges = []
    for part in OUTLINES[label].split("/"):
        corners = np.array([corner.split(",") for corner in part.split()], float) / 100 - 0.5
        corners += rng.normal(0, 0.012, corners.shape)
        corners = corners * size + shear * corners[:, ::-1] * (1, 0) + shift + 0.5
        edges.append(np.hstack([corners, np.roll(corners, -1, axis=0)]))
    x0, y0, x1, y1 = np.concatenate(edges).T[:, :, None, None]
    at = (np.arange(56) + 0.5) / 56  # twice as fine as the image, for soft edges
    crossed = ((y0 > at[:, None]) != (y1 > at[:, None])) & (at < x0 + (at[:, None] - y0) * (x1 - x0) / (y1 - y0))
    ink = (crossed.sum(axis=0) % 2).reshape(28, 2, 28, 2).mean(axis=(1, 3))
    across, down = np.meshgrid(at[::2], at[::2])
    tone = rng.uniform(110, 230) * (1 + rng.uniform(-0.3, 0.3) * (across - 0.5) + rng.uniform(-0.3, 0.3) * (down - 0.5))
    stripes = 1 - rng.choice([0, 0, 0.3]) * (np.sin(rng.uniform(20, 60) * down) > 0)
    image: np.ndarray = (ink * (tone * stripes + rng.normal(0, 8, ink.shape))).clip(0, 255).astype(np.uint8)
    return image


def _stand_in() -> tuple[Split, Split]:
    """Drawn images in place of Fashion-MNIST, the same every time: as many of each class, in a mixed order."""
    train, test = STAND_IN_SIZES
    rng = np.random.default_rng(STAND_IN_SEED)
    y = np.concatenate([rng.permutation(np.arange(size) % 10) for size in (train, test)]).astype(np.uint8)
    x = np.stack([_draw(label, rng) for label in y])
    x.flags.writeable = y.flags.writeable = False  # as what is read from the files
    return (x[:train], y[:train]), (x[train:], y[train:])
