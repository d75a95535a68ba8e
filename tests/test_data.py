"""coursekit.data: where the images are looked for, and what happens when a file, the disk or the network fails."""

import errno
import gzip
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from coursekit import data
from curriculum.messages import set_language
from tests.conftest import needs_dataset

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = data.CHECKSUMS


def idx(array: np.ndarray) -> bytes:
    """The array as a gzip IDX file of unsigned bytes (type 8)."""
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes())


RNG = np.random.default_rng(0)
ARRAYS = {
    TRAIN_IMAGES: RNG.integers(0, 256, (7, 28, 28), np.uint8),
    TRAIN_LABELS: RNG.integers(0, 10, 7, np.uint8),
    TEST_IMAGES: RNG.integers(0, 256, (3, 28, 28), np.uint8),
    TEST_LABELS: RNG.integers(0, 10, 3, np.uint8),
}
WHOLE = {name: idx(array) for name, array in ARRAYS.items()}
HALF = WHOLE[TRAIN_IMAGES][:1000]


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def fill(folder: Path, **changed: bytes | None) -> Path:
    """Put the four tiny files into the folder, except those given: other content, or none."""
    folder.mkdir(parents=True)
    for name, content in (WHOLE | changed).items():
        if content is not None:
            (folder / name).write_bytes(content)
    return folder


class FakeKeras:
    """Downloads as Keras does: only files that are not there, one after the other, then reads them."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.server: dict[str, list[bytes | Exception]] = {}  # what is sent first, before the whole file
        self.fetched: list[str] = []
        self.datasets = SimpleNamespace(fashion_mnist=self)

    def load_data(self) -> None:
        print("Downloading data from the server, with a progress bar")
        os.write(2, b"a warning from C++")
        self.cache.mkdir(parents=True, exist_ok=True)
        for name in [TRAIN_LABELS, TRAIN_IMAGES, TEST_LABELS, TEST_IMAGES]:
            path = self.cache / name
            if not path.exists():
                sent = self.server[name].pop(0) if self.server.get(name) else WHOLE[name]
                path.write_bytes(sent if isinstance(sent, bytes) else HALF)  # the half stays behind, as after a crash
                if isinstance(sent, Exception):
                    raise sent
                self.fetched.append(name)
        for name in WHOLE:
            gzip.decompress((self.cache / name).read_bytes())


@pytest.fixture
def keras(tmp_path, monkeypatch):
    """A clean start: no folder given, no files anywhere, Keras' cache in `tmp_path`, English."""
    (tmp_path / "keras").mkdir()
    fake = FakeKeras(tmp_path / "keras" / "datasets" / "fashion-mnist")
    monkeypatch.setitem(sys.modules, "keras", fake)
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(data, "CLONE_FOLDER", tmp_path / "clone")
    monkeypatch.setattr(data, "CHECKSUMS", {name: md5(content) for name, content in WHOLE.items()})
    monkeypatch.setattr(data, "STAND_IN_SIZES", (20, 10))
    monkeypatch.setattr(data, "STILL_GROWING_S", 0)
    monkeypatch.setattr(data, "_source", None)
    set_language("en")
    yield fake
    set_language(None)


def assert_loads(source: str) -> None:
    train, test = data.load_fashion_mnist()
    for name, loaded in zip(WHOLE, train + test, strict=True):
        np.testing.assert_array_equal(loaded, ARRAYS[name], strict=True)
    assert data.fashion_mnist_source() == source
    data.refuse_stand_in()


def load_error() -> str:
    with pytest.raises(data.DataError) as caught:
        data.load_fashion_mnist()
    assert caught.value._render_traceback_() == [str(caught.value)]  # IPython shows this and no traceback
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def assert_names(error: str, path: Path, content: bytes) -> None:
    for part in (path, md5(WHOLE[path.name]), md5(content)):
        assert str(part) in error


@needs_dataset
def test_real_files():
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert [np.bincount(y).tolist() for y in (y_train, y_test)] == [[6000] * 10, [1000] * 10]
    assert x_train.mean() / 255 == pytest.approx(0.2860, abs=5e-5)  # the mean that everyone normalises with
    assert data.fashion_mnist_source() == "folder"


def test_search_order(keras, tmp_path, monkeypatch, capfd):
    places = {"mine": fill(tmp_path / "mine"), "clone": fill(data.CLONE_FOLDER), "keras": fill(keras.cache)}
    monkeypatch.setenv("FASHION_MNIST_DIR", str(places["mine"]))
    for name, source in (("mine", "folder"), ("clone", "folder"), ("keras", "cache")):
        assert_loads(source)
        out, err = capfd.readouterr()
        assert out == f"{out.strip()}\n"  # one line
        assert str(places[name]) in out
        assert "7 training and 3 test" in out
        assert err == ""
        monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
        (places[name] / TEST_LABELS).unlink()
    assert keras.fetched == []
    assert_loads("download")
    assert keras.fetched == [TEST_LABELS]
    out = capfd.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == ["Downloading", "Fashion-MNIST:"]


def test_import_is_light():
    code = "import sys, coursekit.data; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


@pytest.mark.parametrize("missing", [[TRAIN_LABELS], [TRAIN_LABELS, TEST_IMAGES], list(WHOLE)])
def test_missing_in_the_chosen_folder(keras, tmp_path, monkeypatch, missing):
    fill(keras.cache)  # which would do, but must not be taken silently
    folder = tmp_path / "mine"
    if len(missing) < len(WHOLE):
        fill(folder, **dict.fromkeys(missing))
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    error = load_error()
    assert f"FASHION_MNIST_DIR is set, but Fashion-MNIST is not complete there.\n  folder: {folder}\n" in error
    assert [name for name in WHOLE if name in error] == missing


def test_damaged_in_the_chosen_folder(keras, tmp_path, monkeypatch):
    folder = fill(tmp_path / "mine", **{TRAIN_IMAGES: HALF})
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    error = load_error()
    assert_names(error, folder / TRAIN_IMAGES, HALF)
    assert TRAIN_LABELS not in error
    assert {path.name for path in folder.iterdir()} == set(WHOLE)  # it is the reader's own: as it was
    assert (folder / TRAIN_IMAGES).read_bytes() == HALF


def test_damaged_in_the_clone(keras):
    folder = fill(data.CLONE_FOLDER, **{TRAIN_IMAGES: HALF, TEST_LABELS: b""})
    error = load_error()
    assert_names(error, folder / TRAIN_IMAGES, HALF)
    assert_names(error, folder / TEST_LABELS, b"")
    assert "ending in .damaged" in error
    assert (folder / f"{TRAIN_IMAGES}.damaged").read_bytes() == HALF
    assert_loads("download")


def test_damaged_in_a_clone_that_cannot_be_changed(keras, monkeypatch):
    folder = fill(data.CLONE_FOLDER, **{TRAIN_IMAGES: HALF})
    monkeypatch.setattr(Path, "replace", Mock(side_effect=PermissionError(errno.EROFS, "read-only")))
    assert "Delete it by hand" in load_error()
    assert (folder / TRAIN_IMAGES).read_bytes() == HALF


def test_unreadable(keras, tmp_path, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(fill(tmp_path / "mine")))
    monkeypatch.setattr(Path, "read_bytes", Mock(side_effect=PermissionError(errno.EACCES, "locked")))
    assert f"{TRAIN_IMAGES}\n  reason: locked" in load_error()


def test_half_download_is_mended(keras):
    fill(keras.cache, **{TRAIN_IMAGES: HALF})
    assert_loads("download")
    assert keras.fetched == [TRAIN_IMAGES]


def test_damaged_on_the_way(keras):
    login_page = b"<html>Please log in</html>"
    keras.server = {TEST_IMAGES: [login_page, login_page]}
    error = load_error()
    assert "Run this cell again" in error
    assert_names(error, keras.cache / TEST_IMAGES, login_page)
    assert not (keras.cache / TEST_IMAGES).exists()
    keras.server = {TEST_IMAGES: [login_page]}  # only once: fetched again without a word
    assert_loads("download")


def test_another_notebook_is_downloading(keras, monkeypatch):
    monkeypatch.setattr(data, "STILL_GROWING_S", 1)
    fill(keras.cache, **{TRAIN_IMAGES: HALF})
    other = threading.Timer(0.2, lambda: (keras.cache / TRAIN_IMAGES).write_bytes(WHOLE[TRAIN_IMAGES]))
    other.start()
    assert_loads("download")
    other.join()
    assert keras.fetched == []  # the other's file was neither removed nor fetched twice


FULL, LOCKED = "disk is full", "cannot be written to"
DISK_WORDS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EACCES: LOCKED, errno.EROFS: LOCKED}


@pytest.mark.parametrize("code", DISK_WORDS)
def test_disk_fails(keras, code):
    keras.server = {TRAIN_IMAGES: [OSError(code, os.strerror(code))]}
    error = load_error()
    assert DISK_WORDS[code] in error
    assert str(keras.cache) in error
    assert [path.name for path in keras.cache.iterdir()] == [TRAIN_LABELS]  # the half is gone, what was whole is not
    assert_loads("download")


STAND_IN_WORDS = {
    "en": ["THIS IS NOT FASHION-MNIST", "20 training and 10 test", "What happened"],
    "ko": ["FASHION-MNIST가 아닙니다", "훈련용 20장, 테스트용 10장", "원인"],
}


@pytest.mark.parametrize("language", STAND_IN_WORDS)
def test_no_network(keras, capfd, language):
    set_language(language)
    fill(keras.cache, **{TRAIN_IMAGES: HALF, TEST_IMAGES: None})  # what is left of an earlier try does not help
    keras.server = {TRAIN_IMAGES: [Exception("URL fetch failure: None -- [Errno -2] Name or service not known")]}
    train, test = data.load_fashion_mnist()
    assert [array.shape for array in train + test] == [(20, 28, 28), (20,), (10, 28, 28), (10,)]
    os.write(2, b"stderr is given back")
    out, err = capfd.readouterr()
    for part in (*STAND_IN_WORDS[language], "Name or service not known", "FASHION_MNIST_DIR"):
        assert part in out
    assert err == "stderr is given back"
    assert data.fashion_mnist_source() == "stand-in"
    with pytest.raises(data.DataError, match="Fashion-MNIST"):
        data.refuse_stand_in()
    assert_loads("download")  # back online


def test_stand_in_is_the_same_every_time():
    (x_train, y_train), (x_test, y_test) = data._stand_in()
    np.random.seed(1)
    again = data._stand_in()
    np.testing.assert_equal(again, ((x_train, y_train), (x_test, y_test)))
    assert (x_train.shape, x_test.shape) == ((2000, 28, 28), (500, 28, 28))
    assert (x_train.dtype, y_train.dtype) == (np.uint8, np.uint8)
    assert [np.bincount(y).tolist() for y in (y_train, y_test)] == [[200] * 10, [50] * 10]
    assert len(np.unique(np.concatenate([x_train, x_test]), axis=0)) == 2500  # no image twice


def test_stand_in_can_be_learned():
    (x_train, y_train), (x_test, y_test) = data._stand_in()
    means = np.stack([x_train[y_train == label].mean(axis=0) for label in range(10)])
    distances = ((x_test[:, None] - means) ** 2).sum(axis=(2, 3))
    right = distances.argmin(axis=1) == y_test
    assert right.mean() > 0.8  # chance is 0.1
    assert min(right[y_test == label].mean() for label in range(10)) > 0.5


def test_source_needs_a_load_that_succeeded(keras, tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match=r"load_fashion_mnist"):
        data.fashion_mnist_source()
    fill(keras.cache)
    assert_loads("cache")
    monkeypatch.setenv("FASHION_MNIST_DIR", str(tmp_path / "nowhere"))
    load_error()
    with pytest.raises(RuntimeError, match=r"load_fashion_mnist"):  # not what the earlier load said
        data.refuse_stand_in()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_errors_are_short(keras, tmp_path, monkeypatch, language):
    set_language(language)
    monkeypatch.setenv("FASHION_MNIST_DIR", str(fill(tmp_path / "mine", **dict.fromkeys(WHOLE, HALF))))
    error = load_error()
    assert len(error.splitlines()) == 6  # all four files at once, and still within six lines
    assert ("받" in error) == (language == "ko")
