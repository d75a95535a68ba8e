"""JupyterLab on a copy of the course, and a headless Chromium that looks at it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from autograder.lessons.files import write_instructor_notebooks
from curriculum.paths import REPOSITORY
from tests.browser.lab import Lab
from tests.conftest import readers_environment

SCREENS = REPOSITORY / "build" / "screens"
TOKEN = "browser-tests"
# Errors of the console that are not the course's. Nothing else may be there.
IGNORED = {
    "cdnjs.cloudflare.com": "nbgrader's formgrader asks the network for MathJax; the tests may have none",
    "MathJax is not defined": "the same",
}


@pytest.fixture(scope="session")
def course_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make lab` shows, in a folder of its own: the course, and what an instructor has beside it."""
    folder = tmp_path_factory.mktemp("clone")
    write_instructor_notebooks()
    shutil.copytree(REPOSITORY / "course", folder / "course", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(REPOSITORY / "solutions" / "en", folder / "solutions" / "en")
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    return folder


@pytest.fixture(scope="session")
def server(course_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that knows nothing of this user's settings."""
    own = tmp_path_factory.mktemp("jupyter")
    more = {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        "COURSE_PROGRESS": str(own / "progress.json"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    environment = readers_environment(more)  # the notebook's folder tells the language
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    with (own / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, f"--IdentityProvider.token={TOKEN}"], cwd=course_folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield _address(process, own)
    finally:
        process.kill()  # it would wait for kernels, and they end with it
        process.wait()


def _address(process: subprocess.Popen, own: Path) -> str:
    """Where the server listens, as soon as it has written that down."""
    while process.poll() is None:
        for file in (own / "runtime").glob("jpserver-*.json"):
            with suppress(json.JSONDecodeError):  # it is being written
                return json.loads(file.read_text("utf-8"))["url"]
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab ended while starting:\n{(own / 'log').read_text('utf-8')}")


@pytest.fixture
def lab(chromium: Browser, server: str, course_folder: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A window without a past. At the end its kernels are shut down, and its console must be free of errors."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors = _watched(page)
    yield Lab(page, server, TOKEN, course_folder, SCREENS)
    page.screenshot(path=SCREENS / f"end-of-{request.node.name}.png")
    for session in context.request.get(f"{server}api/sessions?token={TOKEN}").json():
        context.request.delete(f"{server}api/sessions/{session['id']}?token={TOKEN}")
    context.close()
    assert not errors


def _watched(page: Page) -> list[str]:
    """A list that fills with what the page's console reports as an error."""
    errors: list[str] = []

    def note(text: str) -> None:
        if not any(known in text for known in IGNORED):
            errors.append(text)

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            note(f"{message.text} ({message.location['url']})")

    page.on("console", console)
    page.on("pageerror", lambda error: note(str(error)))
    return errors
