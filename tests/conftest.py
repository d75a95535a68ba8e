"""What all tests share: a quiet TensorFlow, a reader's language, a progress file of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Container, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from nbgrader.api import Gradebook
from xdist.scheduler import LoadFileScheduling

from autograder.grading import class_run, nbgrader_exporter
from autograder.grading.course_folder import course
from autograder.grading.engine import Engine, GradedSubmission, Settings
from autograder.grading.lesson import Lesson
from autograder.grading.sandbox import SandboxError, bubblewrap
from curriculum import messages
from curriculum.paths import REPOSITORY
from curriculum.quiet import import_tensorflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The dataset is not part of the repository, so a clone may be without it, and `make test` has to pass there. Who has
# a copy names it, as `.ci/run` does, and then nothing is skipped; otherwise pytest's summary says what was, and why.
DATASET = os.environ.get("FASHION_MNIST_DIR")  # read before any test takes it away
needs_dataset = pytest.mark.skipif(not DATASET, reason="FASHION_MNIST_DIR is not set: no copy of Fashion-MNIST is here")

# A machine may also be without a sandbox, a browser, or the packages that only the web site needs. Tests that need one
# are skipped there, with the reason, but for what this names: "sandbox browser site" in `.ci/run`, where nothing that
# is not run may look as if it had passed.
REQUIRED = os.environ.get("COURSE_TESTS_REQUIRE", "").split()
needs_sandbox = pytest.mark.usefixtures("working_sandbox")
needs_site = pytest.mark.usefixtures("site_packages")

NO_CHROMIUM = "No Chromium is here. To run these tests: `apt install chromium`, or set CHROMIUM to the path of one."
SHORTEST_LESSON = "0-start-here"


def sampled(values: Iterable[Any], in_ci: Container[Any]) -> list[Any]:
    """Parameters of a test that tries the same again and again: CI takes those of `in_ci`, `make test-all` all."""
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)), marks=[] if value in in_ci else [pytest.mark.weekly]
        )
        for value in values
    ]


# The files that take minutes, the longest first.
LONGEST = (
    "test_notebooks_run",
    "test_grading_bank",
    "test_grading_habits",
    "test_notebooks_offline",
    "test_grading",
    "test_mending",
    "test_live",
    "test_fresh_machine",
)
IN_PIECES = "test_proof"


def lacking(what: str, reason: str) -> NoReturn:
    """Skip a test because the machine lacks `what`; fail it if that has to be there."""
    if what in REQUIRED:
        pytest.fail(f"COURSE_TESTS_REQUIRE names the {what}. {reason}", pytrace=False)
    pytest.skip(reason)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes; `make test-all` and CI run it, `make test` does not")
    config.addinivalue_line("markers", "weekly: what CI tries on a sample, in full; `make test-all` runs it every week")
    config.addinivalue_line("markers", "screens: the demos of every lesson in a browser; `make screens` runs it")


class OneWorkerAFile(LoadFileScheduling):
    """One worker has all tests of a file, which share what is dear to make; of IN_PIECES, all of an exercise.

    Groups are told by a test's id. The mark `xdist_group` did it until pytest 9.2, with which pytest-xdist 3.8 does
    not see it, and says nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return test.partition("[")[2] if Path(file).stem == IN_PIECES else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerAFile:
    return OneWorkerAFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, and end with the one that is dealt in pieces.

    Otherwise one worker would have its last minutes to itself.
    """
    order = {stem: place for place, stem in enumerate((*LONGEST, "", IN_PIECES))}
    items.sort(key=lambda item: order.get(item.path.stem, order[""]))


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One browser for all tests. Without one they are skipped, or fail where they have to run, as in CI."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        lacking("browser", NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])  # root has no sandbox
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English unless a test says otherwise, and nobody's progress is touched."""
    monkeypatch.setenv("COURSE_LANGUAGE", "en")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    messages.set_language(None)


@pytest.fixture(scope="session")
def working_sandbox() -> None:
    """What tests that run students' code ask for. Whether there is one is tried, once a session."""
    try:
        bubblewrap()
    except SandboxError as error:
        lacking("sandbox", str(error))


@pytest.fixture(scope="session")
def site_packages() -> None:
    """What tests of the web site and of the workflows ask for: the packages of `site` in pyproject.toml."""
    wanted = ("sphinx", "myst_nb", "sphinx_book_theme", "axe_playwright_python", "check_jsonschema")
    if missing := [name for name in wanted if find_spec(name) is None]:
        lacking("site", f"Not installed: {', '.join(missing)}. To run these tests: make site-setup")


def readers_environment(more: dict[str, str]) -> dict[str, str]:
    """The environment of a reader's Jupyter, with `more` in it, in which every line on stderr is shown.

    Under pytest ipykernel does not show what libraries write there, and TensorFlow has been told to write nothing.
    """
    ours = ("PYTEST_CURRENT_TEST", "TF_CPP_MIN_LOG_LEVEL", "COURSE_LANGUAGE")
    return {name: value for name, value in os.environ.items() if name not in ours} | more


class Lent:
    """A session's one engine, as somebody's own: closing it ends nothing."""

    def __init__(self, engine: Engine, lesson: Lesson, jobs: int) -> None:
        self._engine, self.lesson = engine, lesson
        self.protections, self.grouped, self.processor_seconds = engine.protections, engine.grouped, 0.0
        self.at_once = self.most_at_once = jobs
        self.alone_at_once = 1

    def run(self, *files: bytes, **options: Any) -> GradedSubmission:
        return self._engine.run(*files, **options)

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def only_engine(working_sandbox: None) -> Iterator[Engine]:
    """An engine of the shortest lesson: starting one takes longer than grading a class."""
    started = Engine(Lesson(SHORTEST_LESSON), Settings(jobs=1))
    yield started
    started.close()


def lend(engine: Engine, patch: pytest.MonkeyPatch) -> None:
    """Let whoever grades the engine's lesson in this process, with the sandbox and limits that it has, use it."""

    def engine_for(lesson: Lesson, settings: Settings) -> Engine | Lent:
        same = settings.isolated and settings.limits == Settings().limits and not settings.experiments
        return (
            Lent(engine, lesson, settings.jobs) if same and lesson.name == SHORTEST_LESSON else Engine(lesson, settings)
        )

    for module in (class_run, nbgrader_exporter):
        patch.setattr(module, "Engine", engine_for)


@pytest.fixture
def sandbox(only_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One sandbox for all that this process grades."""
    lend(only_engine, monkeypatch)
    yield
    nbgrader_exporter._shared_engine.close()


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """TensorFlow, imported without its noise."""
    import_tensorflow()


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with nobody in it, to be copied: making one takes nbgrader seconds."""
    folder = tmp_path_factory.mktemp("course")
    coursedir, _ = course(folder, folder / "submitted")
    Gradebook(coursedir.db_url, coursedir.course_id).close()
    return folder / "gradebook.db"


def run_nbgrader(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run nbgrader's own command line in a course folder."""
    # nbgrader calls `alembic` by its bare name.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True)


def copied_repository(folder: Path) -> Path:
    """What a clone of this working tree would have: a copy of every file that Git knows, and nothing else."""
    command = ["git", "-c", f"safe.directory={REPOSITORY}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / path, folder / path)
    return folder
