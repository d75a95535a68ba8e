"""The student's shell: runs cells as a notebook's kernel does, without its sockets, and measures answers."""

import sys
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import MagicMock

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult
from traitlets.config import Config

from autograder.checking.challenge import Challenge
from autograder.checking.measure import measure
from autograder.grading.worker.probe import probe
from autograder.grading.worker.vary_sizes import vary_sizes
from curriculum.exercises import all_names, load
from curriculum.messages import LANGUAGES, catalogue

COLAB = "google.colab"
COLAB_PARTS = ("drive", "files", "output", "userdata", "auth", "data_table", "widgets", "patches", "syntax")
LONGEST_TEXT = 300  # characters of an error that are told


class _NoDisplay(DisplayPublisher):
    """Shows nothing: nobody looks at what a cell displays while it is graded."""

    def publish(self, *arguments: Any, **options: Any) -> None:
        pass


class _NoEcho(DisplayHook):
    """Shows nothing of the value that a cell ends with."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        pass

    def compute_format_data(self, result: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {}


class _QuietShell(ZMQInteractiveShell):
    """The shell of a notebook's kernel, with its magics; it prints no tracebacks and shows no values."""

    # Kernels have classes that know of sockets here; for any other shell these would do.
    display_pub_class = _NoDisplay  # type: ignore[assignment]
    displayhook_class = _NoEcho  # type: ignore[assignment]

    def showtraceback(self, *arguments: Any, **options: Any) -> None:
        pass

    showsyntaxerror = showtraceback

    def _format_exception_for_storage(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """What the history keeps of an error: nobody reads it, and making it takes longer than most cells."""
        return {}

    def ask_exit(self) -> None:
        """`exit` asks for this; cells after it still have to be graded."""

    def enable_gui(self, gui: str | None = None) -> None:
        """`%matplotlib inline` asks for this; there is nothing to enable."""


def _imitate_colab() -> None:
    """Let code written in Colab run: its modules are imitated, and do nothing. Code that tests for them finds none."""
    package = sys.modules[COLAB] = MagicMock(__path__=[], __spec__=None)
    for part in COLAB_PARTS:
        sys.modules[f"{COLAB}.{part}"] = getattr(package, part)


class Shell:
    """Carries out the grader's commands: every method takes a command and bytes, and returns a reply and bytes.

    They are called in a running event loop, as a kernel's are.
    """

    def __init__(self) -> None:
        """Prepare what takes time: the shell itself, the sentences, the exercises."""
        config = Config({"HistoryManager": {"enabled": False}})  # its writer would be a thread
        self._shell = _QuietShell.instance(config=config)
        assert self._shell.extension_manager  # every shell has made one
        self._shell.extension_manager.load_extension("storemagic")  # as every kernel does
        for language in LANGUAGES:
            catalogue(language)
        for exercise in all_names():
            load(exercise)
        # Whatever students' code puts in their place.
        self._run: Callable[..., ExecutionResult] = self._shell.run_cell
        self._run_async: Callable[..., Coroutine[Any, Any, ExecutionResult]] = self._shell.run_cell_async
        self._names: dict[str, Any] = self._shell.user_ns

    async def run(self, command: dict[str, Any], source: bytes) -> tuple[dict[str, Any], bytes]:
        """Run a cell. `error` and `text` of the reply name the error that stopped it, if one did."""
        if "" not in sys.path:
            sys.path.insert(0, "")  # a cell can import what another has written; the server must not
        error = await self._error_of(source.decode())
        if isinstance(error, ModuleNotFoundError) and str(error.name).startswith(COLAB) and COLAB not in sys.modules:
            _imitate_colab()
            error = await self._error_of(source.decode())
        if error is None:
            return {"error": "", "text": ""}, b""
        return {"error": type(error).__name__[:LONGEST_TEXT], "text": str(error)[:LONGEST_TEXT]}, b""

    async def _error_of(self, source: str) -> BaseException | None:
        result = await self._result_of(source)
        return result.error_before_exec or result.error_in_exec

    async def _result_of(self, source: str) -> ExecutionResult:
        """As ipykernel's `do_execute`: what awaits something is a task of the loop, all else is called."""
        try:
            transformed: str = self._shell.transform_cell(source)  # type: ignore[no-untyped-call]
        except Exception:  # which running it tells
            return self._run(source, store_history=True)
        if not self._shell.should_run_async(source, transformed_cell=transformed):
            return self._run(source, store_history=True)
        result = None
        try:
            result = await self._run_async(source, store_history=True, transformed_cell=transformed)
        finally:
            self._shell.events.trigger("post_execute")
            self._shell.events.trigger("post_run_cell", result)
        return result

    async def measure(self, command: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """Measure the function of that name. `defined` says whether there is one."""
        exercise = load(command["exercise"])
        answer = self._names.get(exercise.name)
        if not callable(answer):
            return {"defined": False}, b""
        if command["varied"]:
            exercise = vary_sizes(exercise, command["seed"])
        return {"defined": True}, measure(answer, exercise, Challenge(command["seed"])).pack()

    async def probe(self, command: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """Try what this process is kept from."""
        return {"active": probe(command["hidden"])}, b""
