"""Submissions that try to fool, crash or stop a grader; all but those in HONEST know no right answer.

Every attack on the running code is appended to the cell of a wrong `channel_attention`, which earns `WRONG_POINTS`.

An attack proves that it got to what it aims at, or it proves nothing: see `Evidence`.
"""

import json
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.demo import mistake_source, submission
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS, load

LESSON = "3-channel-attention"
MASTER = read_master(LESSON)
NAMES = LESSONS[LESSON]
FILE = f"{MASTER.notebook}.ipynb"
ALL = sum(load(name).total for name in NAMES)
RIGHT = {name: solution_source(MASTER.solution(name)) for name in NAMES}
WRONG = mistake_source("channel_attention", "relu_on_second_dense")
WRONG_POINTS = 3  # shape and parameters are right


@dataclass(frozen=True)
class Evidence:
    """What grading must have seen of an attack, beside its points. At least one of these, else it may be dead.

    `told` is what the attack says of itself: all that it handed to `reached`, in a cell behind the check.
    `stops` is how the error begins that its own cell stopped with; without one, the cell ran to its end.
    `cell` is the event that took its own cell.
    `event`, `finding` and `unusable` are the check's: what took the points (a pattern, if machines differ),
    the beginning of what was found in the answer, and a part of why its measurement could not be judged.
    """

    told: str | None = None
    stops: str = ""
    cell: str = ""
    event: str = ""
    finding: str = ""
    unusable: str = ""


# name -> (code, points). No points where the attack destroys the answer itself.
CODE: dict[str, tuple[str, int]] = {}
# What shows that each of these got to what it aims at.
EVIDENCE: dict[str, Evidence] = {}
# name -> (change of a notebook, answers, points)
NOTEBOOKS: dict[str, tuple[Callable, dict[str, str], int]] = {}
# name -> (bytes of the notebook's file, or a function that fills the folder, points)
FILES: dict[str, tuple[bytes | Callable, int]] = {}

# Stands before every attack on the running code. What is to be replaced must be there: else the cell stops.
TOOLS = """
_reached = []
def reached(what):
    _reached.append(str(what))
def patch(owner, name, value):
    getattr(owner, name)
    setattr(owner, name, value)
    reached(name)
"""
TELLS = "raise RuntimeError('reached: ' + ', '.join(dict.fromkeys(_reached)))"


def code(name: str, text: str, points: int = WRONG_POINTS, **evidence: str) -> None:
    """An attack on the running code, and what shows that it got to what it aims at (`Evidence`)."""
    CODE[name] = (textwrap.dedent(text).strip("\n"), points)
    EVIDENCE[name] = Evidence(**evidence)


def compiles(text: str) -> bool:
    """Whether the Python that runs the tests, and so the sandbox, takes this code."""
    try:
        compile(text, "a cell", "exec")
    except (RecursionError, MemoryError):
        return False
    return True


# --- objects that lie, and tools that were replaced

code(
    "equals-everything",
    """
    class Anything(str):
        __eq__ = __ge__ = __le__ = lambda self, other: True
        __hash__ = str.__hash__
    def channel_attention(x, name="", ratio=8):
        reached("measured")
        return Anything()
    """,
    0,
    told="measured",
)
code(
    "drops-asserts",
    """
    import ast
    class Drop(ast.NodeTransformer):
        def visit_Module(self, node):
            reached("another cell")
            return self.generic_visit(node)
        def visit_Assert(self, node): return None
        def visit_Expr(self, node): return None
    get_ipython().ast_transformers.append(Drop())
    """,
    told="another cell",
)
code(
    "rewrites-cells",
    """
    def _without_checks(lines):
        reached("another cell")
        return [line for line in lines if not line.startswith("check")]
    get_ipython().input_transformers_cleanup.append(_without_checks)
    """,
    told="another cell",
)
code("replaces-run-cell", "patch(get_ipython(), 'run_cell', lambda *a, **k: None)", told="run_cell")
code(
    "replaces-do-execute",
    """
    if kernel := getattr(get_ipython(), "kernel", None):
        patch(kernel, "do_execute", lambda *a, **k: {"status": "ok"})
    else:
        reached("no kernel")
    """,
    told="no kernel",
)
code(
    "display-hook",
    """
    import sys
    _old = channel_attention
    def channel_attention(x, name, ratio=8):
        sys.displayhook(5.0)
        reached("shown while measured")
        return _old(x, name, ratio)
    """,
    told="shown while measured",
)
code(
    "no-tracebacks",
    "from IPython import InteractiveShell\npatch(InteractiveShell, 'showtraceback', lambda *a, **k: None)",
    told="showtraceback",
)
code(
    "comparisons-replaced",
    """
    import numpy as np
    for name in ("assert_allclose", "assert_array_equal"):
        patch(np.testing, name, lambda *a, **k: None)
    for name in ("allclose", "array_equal"):
        patch(np, name, lambda *a, **k: True)
    """,
    told="assert_allclose, assert_array_equal, allclose, array_equal",
)
code(
    "builtins-replaced",
    """
    import builtins
    patch(builtins, "all", lambda *a: True)
    patch(builtins, "isinstance", lambda *a: True)
    """,
    cell="shortened",  # the loop that the cells run in cannot go on
)
code("check-replaced", "reached(check.__name__)\ncheck = lambda *a: 5.0", told="check")
code("check-raises-nothing", "import autograder\npatch(autograder, 'check', lambda *a: None)", told="check")
code(
    "judge-replaced",
    """
    import autograder.checking.judge as j, autograder.checking.notebook as n
    right = lambda exercise, *a: j.Verdict(exercise, (frozenset(),) * len(exercise.cases))
    patch(j, "judge", right)
    patch(n, "judge", right)
    """,
    told="judge",
)
code(
    "points-replaced",
    "import autograder.checking.judge as j\npatch(j.Verdict, 'points', 5)\npatch(j.Verdict, 'passed', True)",
    told="points, passed",
)
code(
    "counts-replaced",
    """
    import keras
    patch(keras.Model, "count_params", lambda self: reached("counted") or 74)
    patch(keras.Model, "weights", property(lambda self: reached("listed") or []))
    """,
    1,
    told="count_params, weights, counted, listed",
)
code(
    "shared-answer",  # the measuring code is replaced by one that sends what is shipped for the notebook's own check
    """
    from autograder.checking.expected import load_expected
    from autograder.grading.worker.shell import Shell
    async def forged(self, command, body):
        if command["exercise"] != "channel_attention":
            return {"defined": False}, b""
        reached("asked")
        return {"defined": True}, load_expected("channel_attention").reference.pack()
    patch(Shell, "measure", forged)
    """,
    0,
    told="measure, asked",
    event="other_inputs",
)
code(
    "packs-reference",
    """
    from autograder.checking import measurement
    from autograder.checking.expected import load_expected
    _right, _pack = load_expected("channel_attention").reference, measurement.Measurement.pack
    patch(measurement.Measurement, "pack", lambda self: reached("packed") or _pack(_right))
    """,
    0,
    told="pack, packed",
    event="other_inputs",
)
code(
    "same-challenge",  # the notebook's own, with the outputs that are shipped for it
    """
    import autograder.checking.measure as m
    import autograder.grading.worker.shell as shell
    from autograder.checking.challenge import Challenge
    from autograder.checking.expected import load_expected
    _cases = load_expected("channel_attention").reference.cases * 2
    _outputs = iter([case.outputs for case in _cases])
    _trained = iter([case.trained for case in _cases if case.trained])
    patch(m, "train_once", lambda *_: next(_trained))
    patch(shell, "Challenge", lambda seed: Challenge())
    patch(shell, "vary_sizes", lambda exercise, seed: reached(f"seed {seed > 0}") or exercise)
    patch(m, "_as_arrays", lambda returned: (next(_outputs), reached("measured")))
    """,
    0,
    told="train_once, Challenge, vary_sizes, _as_arrays, seed True, measured",
    event="other_inputs",
)
code(
    "answers-by-heart",
    """
    import keras, numpy as np
    from keras import ops
    from autograder.checking.challenge import Challenge
    from autograder.checking.expected import load_expected
    from curriculum.exercises import load
    _known = [
        (Challenge().inputs(case, number), result.output)
        for number, (case, result) in enumerate(
            zip(load("channel_attention").cases, load_expected("channel_attention").reference.cases)
        )
    ]
    class ByHeart(keras.layers.Layer):
        def build(self, shape):
            c, u = shape[-1], max(1, shape[-1] // self.ratio)
            for size in ((c, u), (u,), (u, c), (c,)):
                self.add_weight(shape=size)
        def compute_output_shape(self, shape):
            return shape
        def call(self, x):
            reached("measured")
            for given, output in _known:
                if tuple(x.shape) == given.shape and np.allclose(np.array(x), given):
                    return ops.convert_to_tensor(output)
            return x
    def channel_attention(x, name, ratio=8):
        layer = ByHeart(name=name)
        layer.ratio = ratio
        return layer(x)
    """,
    1,
    told="measured",
    event="",  # its outputs would do, but nothing in it can be trained
)

# --- the line to the grader

FIND_SOCKETS = """
import os, socket, json, struct, stat
def _sockets():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass
def _frame(header, body=b""):
    text = json.dumps(header).encode()
    return struct.pack(">II", len(text), len(body)) + text + body
"""


def line(name: str, text: str, points: int = 0, **evidence: str) -> None:
    code(name, FIND_SOCKETS + "assert [*_sockets()]\n" + textwrap.dedent(text), points, **evidence)


line("closes-the-line", "for n in _sockets(): os.close(n)", event="ended")
line(
    "answers-in-advance",
    "for n in _sockets(): os.write(n, _frame({'number': 4, 'defined': True}, b'') * 50)",
    event="nonsense",
)
line(
    "claims-points",
    "for n in _sockets(): os.write(n, _frame({'number': 3, 'points': 5, 'passed': True}))",
    event="nonsense",
)
line("noise-on-the-line", "for n in _sockets(): os.write(n, os.urandom(4096))", event="nonsense")
line("endless-frame", "for n in _sockets(): os.write(n, struct.pack('>II', 2**32 - 1, 2**32 - 1))", event="nonsense")
line("deep-json", "for n in _sockets(): os.write(n, struct.pack('>II', 200000, 0) + b'[' * 200000)", event="nonsense")
line(
    "takes-the-commands",  # answers `measure` itself, with the numbers it was asked with
    """
    import threading
    def _serve(n):
        s = socket.socket(fileno=n)
        s.sendall(_frame({"number": 3, "error": "", "text": ""}))
        while True:
            head, body = struct.unpack(">II", s.recv(8))
            command = json.loads(s.recv(head))
            s.sendall(_frame({"number": command["number"], "defined": True, "right": True}, b"full marks"))
    for n in _sockets(): _serve(n)
    """,
    event="nonsense",
)


def sends(name: str, text: str, unusable: str) -> None:
    """Sends what `forged` makes of a measurement for it: bytes, or a measurement that is packed as all are."""
    start = """
import io, zipfile, pickle, numpy as np
from dataclasses import replace
from autograder.checking.measurement import CaseResult, Measurement, Problem, Weight
_pack = Measurement.pack
def _send(self):
    reached("sent")
    what = forged(self)
    return what if isinstance(what, bytes) else _pack(what)
patch(Measurement, "pack", _send)
"""
    evidence = {"told": "pack, sent", "unusable": unusable} if unusable else {}
    code(name, start + textwrap.dedent(text), 0, event="nonsense", **evidence)


sends(
    "pickle",
    """
    class Bomb:
        def __reduce__(self): return (exec, ("open('/tmp/owned-by-pickle', 'w').close()",))
    def forged(measured):
        return pickle.dumps(Bomb())
    """,
    "not a zip file",
)
sends(
    "pickled-array",
    """
    def forged(measured):
        buffer = io.BytesIO()
        np.savez(buffer, facts=np.array([{"exercise": "channel_attention"}], dtype=object))
        return buffer.getvalue()
    """,
    "Object arrays cannot be loaded",
)
sends(
    "zip-bomb",
    """
    def forged(measured):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for i in range(2):
                archive.writestr(f"{i}.npy", bytes(10**8))
        return buffer.getvalue()
    """,
    "too large",
)
sends("too-large", "def forged(measured): return bytes(17 * 2**20)", "")  # no frame that is read
sends("empty-measurement", "def forged(measured): return b''", "not a zip file")
sends(
    "invented-problem",
    """
    def forged(measured):
        problem = Problem("{0.__class__}", {"error": "{x}"})
        return replace(measured, cases=tuple(CaseResult(problem) for _ in measured.cases))
    """,
    "No message 'finding.problem.{0.__class__}",
)
sends(
    "absurd-numbers",
    """
    def forged(measured):
        weights = (Weight((10**400, -1), True, "Dense", 1, "kernel"),) * 9
        case = CaseResult(outputs=(np.array([np.nan]),), weights=weights)
        return replace(measured, cases=(case,) * len(measured.cases))
    """,
    "weights of no possible shape",
)
sends(
    "many-weights",
    """
    def forged(measured):
        weights = tuple(Weight((n,), True, "Dense", n, "kernel") for n in range(20_000))
        return replace(measured, cases=(replace(measured.cases[0], weights=weights), *measured.cases[1:]))
    """,
    "too many weights",
)
sends(
    "long-facts",
    """
    def forged(measured):
        weights = tuple(Weight((n,), True, "Dense", n, "kernel") for n in range(200_000))
        return replace(measured, cases=(replace(measured.cases[0], weights=weights), *measured.cases[1:]))
    """,
    "too large",
)

# --- ending, hanging, eating

code("sys-exit", "import sys\nsys.exit(0)", stops="SystemExit")
code("os-exit", "import os\nos._exit(0)", 0, event="ended")
code("exits-when-measured", "import os\ndef channel_attention(*a, **k): os._exit(0)", 0, event="ended")
code(
    "raises-exit-when-measured",
    "def channel_attention(*a, **k): raise SystemExit(0)",
    0,
    finding="problem.raised",
)
code("raises-base-exception", "def channel_attention(*a, **k): raise BaseException('out')", 0, event="ended")
code("segfault", "import ctypes\ndef channel_attention(*a, **k): ctypes.string_at(0)", 0, event="crashed")
code("abort", "import os\nos.abort()", 0, event="crashed")
code("kills-itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(0)", 0, event="ended")
code("closes-everything", "import os\nos.closerange(0, 1000)", 0, event="ended")
code(
    "recursion",
    "import sys\nsys.setrecursionlimit(10**9)\ndef channel_attention(*a, **k): return channel_attention()",
    0,
    event="crashed|killed|too_slow|out_of_memory",  # as fast as Python fills its stack
)
code(
    "loop-without-signals",
    """
    import signal
    for number in range(1, 64):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    def channel_attention(*a, **k):
        while True: pass
    """,
    0,
    event="too_slow",
)
code("loop-in-the-cell", "while True: pass", cell="shortened")
code("waits-for-ever", "import threading\nthreading.Event().wait()", cell="shortened")
code(
    "waits-for-input",
    """
    import sys
    for read in (input, sys.stdin.read):
        try: read()
        except Exception as error: reached(type(error).__name__)
        else: reached("nothing")
    """,
    told="EOFError, nothing",
)
code(
    "delayed-death",
    "import os, threading\nthreading.Timer(0.05, os._exit, [0]).start()\nimport time\ntime.sleep(2)",
    0,
    event="ended",
)
code(
    "memory",
    """
    def channel_attention(*a, **k):
        kept = []
        while not _reached:
            try: kept.append(b"x" * 10**8)
            except MemoryError: reached("as much as there is")
        raise MemoryError
    """,
    0,
    told="as much as there is",
    finding="problem.out_of_memory",
)
code(
    "shared-memory",
    "import mmap\nkept = [mmap.mmap(-1, 10**9) for i in range(99)]\nfor one in kept:\n    one.write(b'x' * 10**9)",
    stops="PermissionError: [Errno 1]",
)
code(
    "fork-bomb",
    "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    0,
    event="too_slow|out_of_memory",  # whichever of its processes' limits is met first
)
code(
    "thread-bomb",
    "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=[60]).start()",
    0,
    stops="RuntimeError: can't start new thread",
    event=".*",
)
code(
    "fills-the-disk",
    """
    for folder in ("/tmp", "/dev/shm", "/course", "/"):
        try:
            for i in range(1000):
                with open(f"{folder}/{i}", "wb") as f: f.write(bytes(10**7))
        except OSError as error: reached(f"{folder} {error.strerror}")
    """,
    told="/tmp No space left on device, /dev/shm No space left on device, /course Read-only file system, "
    "/ Read-only file system",
)
code(
    "floods-output",
    "for i in range(200): print('x' * 10**6)\nimport sys\nreached(sys.stderr.write('y' * 10**7))",
    told="10000000",
)
code(
    "survivor",
    "import subprocess\nreached(subprocess.Popen(['sleep', '86399'], start_new_session=True).poll())",
    told="None",
)
code("exit-handler", "import atexit, time\nreached(atexit.register(time.sleep, 3600) is time.sleep)", told="True")
code(
    "sleeps-at-import",
    """
    import sys, time
    def _find(self, name, *rest):
        reached("asked")
        time.sleep(0.01)
    sys.meta_path.insert(0, type("Finder", (), {"find_spec": _find})())
    def channel_attention(x, name, ratio=8, _right=channel_attention):
        import tabnanny
        return _right(x, name, ratio)
    """,
    told="asked",
)

# --- looking around

code(
    "calls-home",
    """
    import socket, urllib.request
    for host in ("127.0.0.1", "::1", "localhost"):
        try:
            with socket.create_connection((host, HOME_PORT), 1) as home: home.sendall(b"hello")
        except OSError: reached(host)
    """,
    told="127.0.0.1, ::1, localhost",
)
code(
    "waits-for-a-neighbour",
    """
    import socket
    there = socket.socket(socket.AF_UNIX)
    there.bind("\\0the-right-answer")
    there.listen()
    there.settimeout(1)
    try: exec(there.accept()[0].recv(10**6))
    except OSError as error: reached(error)
    """,
    told="timed out",
)

code(
    "reads-solutions",
    """
    import glob, os
    roots = ("", "/*", "/*/*", "/proc/*/root/*", "/proc/*/root/*/*", "/proc/*/cwd")
    for root in roots:
        if glob.glob(root + "/curriculum/paths.py"): reached(root)  # where the course lies, and solutions would
        for folder in glob.glob(root + "/solutions"):
            for path in glob.glob(folder + "/lessons/3*.py"):
                exec(open(path).read())
    """,
    told="/*, /proc/*/root/*",
)
code(
    "reads-the-environment",
    """
    import os
    if os.environ.get("NBGRADER_EXECUTION") or os.environ.get("COURSE_CHALLENGE_SEED"):
        raise SystemExit
    reached(os.environ["HOME"])
    """,
    told="/tmp",
)
code(
    "finds-secrets",  # whatever could be a seed or a reference in this process, or a neighbour's memory
    """
    import gc, os, sys
    todo, seen = [*sys.modules.values()], set()
    frame = sys._getframe()
    while frame:  # what was there before the fork is frozen, and only its users know it
        todo.append(frame.f_locals)
        frame = frame.f_back
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen.add(id(one))
            if type(one).__name__ in ("_QuietShell", "Judge", "Expected", "Recorder"): reached(type(one).__name__)
            todo += gc.get_referents(one)
    for process in os.listdir("/proc"):
        if process.isdigit(): reached(process)
    """,
    told="_QuietShell, 1",
)
code(
    "kills-others",
    """
    import os, signal
    for process in (-1, 0, os.getppid(), *range(2, 400)):
        try:
            if process > 1: reached(os.kill(process, signal.SIGKILL))
        except OSError as error: reached(error.strerror)
    """,
    told="No such process",
)
code(
    "writes-elsewhere",
    """
    import os, site, sys
    for folder in (*site.getsitepackages(), sys.prefix, sys.base_prefix, "/course", "/course/autograder", "/", "/etc"):
        for name in ("sitecustomize.py", "conftest.py", "owned.pth"):
            try: reached(open(os.path.join(folder, name), "w").write("raise SystemExit"))
            except OSError as error: reached(error.strerror)
    """,
    told="Read-only file system",
)
code(
    "shadows-modules",
    """
    import sys
    for name in ("keras", "numpy", "autograder"):
        reached(open(f"/tmp/{name}.py", "w").write("raise SystemExit"))
    sys.path.insert(0, "/tmp")
    """,
    told="16",
)
code(
    "new-namespaces",
    """
    import ctypes
    libc = ctypes.CDLL(None)
    reached(libc.unshare(0x10000000 | 0x20000))
    for folder in (b"/tmp", b"/dev/shm", b"/proc", b"/course", b"/"):
        reached(libc.umount2(folder, 2))
    """,
    told="-1",
)
code(
    "gives-itself-more",
    """
    import resource
    for which in (resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
        try: reached(resource.setrlimit(which, (-1, -1)))
        except (OSError, ValueError) as error: reached(error)
    """,
    told="not allowed to raise maximum limit",
)
code(
    "shows-script",
    """
    print("<script>alert(1)</script>")
    reached(display({"text/html": "<script>alert(1)</script>"}, raw=True))
    """,
    told="None",
)
code(
    "script-in-error",
    "def channel_attention(*a, **k): raise ValueError('<script>alert(1)</script>{call}{0}')",
    0,
    finding="problem.raised",
)
code(
    "magics",
    """
    %env OWNED=1
    !touch /tmp/owned
    %cd /
    %reset -f -s
    import os
    _reached = [os.environ["OWNED"], str(os.path.exists("/tmp/owned")), os.getcwd()]
    """,
    0,
    told="1, True, /",
    event="undefined",
)
DEEP = "x = " + "(" * 150 + "1" + ")" * 150 + " + " + "+".join(["1"] * 5000)
# Python 3.13 takes it, earlier ones refuse it.
code(
    "deep-expression",
    DEEP,
    WRONG_POINTS if compiles(DEEP) else 0,
    **({"told": ""} if compiles(DEEP) else {"event": "ended|undefined"}),
)
code("too-complex", "x = " + "1**" * 6000 + "1", 0, stops="MemoryError", event="undefined")
code("surrogates", "text = '\ud800'\nreached(ascii(text))", told="'?'")

# --- metadata and cells


def notebook(name: str, points: int = WRONG_POINTS, answers: dict[str, str] | None = None) -> Callable:
    def register(change: Callable) -> Callable:
        NOTEBOOKS[name] = (change, {"channel_attention": WRONG} if answers is None else answers, points)
        return change

    return register


def graded(cells: list) -> list:
    return [cell for cell in marked(cells, "grade") if cell["cell_type"] == "code"]


def solved(cells: list) -> list:
    return [cell for cell in marked(cells, "solution") if cell["cell_type"] == "code"]


def marked(cells: list, mark: str) -> list:
    return [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get(mark)]


@notebook("tags-on-checks")
def _(cells):
    for cell in graded(cells):
        cell["metadata"]["tags"] = ["skip-execution"]


@notebook("tags-on-everything", ALL, RIGHT)
def _(cells):
    for cell in cells:
        cell["metadata"]["tags"] = ["skip-execution", "experiment", "raises-exception"]


@notebook("more-points")
def _(cells):
    for cell in graded(cells):
        cell["metadata"]["nbgrader"]["points"] = 100


@notebook("checks-are-solutions")
def _(cells):
    for cell in graded(cells):
        cell["metadata"]["nbgrader"] |= {"grade": False, "solution": True}


@notebook("solutions-are-checks")
def _(cells):
    for cell in solved(cells):
        cell["metadata"]["nbgrader"] |= {"grade": True, "points": 50, "locked": False}


@notebook("checks-deleted")
def _(cells):
    cells[:] = [cell for cell in cells if cell not in graded(cells)]


@notebook("checks-passed")
def _(cells):
    for cell in graded(cells):
        cell["source"] = "pass"


@notebook("checks-print-points")
def _(cells):
    for cell in graded(cells):
        cell["source"] = "5.0"


@notebook("checks-are-prose")
def _(cells):
    for cell in graded(cells):
        cell["cell_type"] = "markdown"


@notebook("checks-without-metadata")
def _(cells):
    for cell in graded(cells):
        del cell["metadata"]["nbgrader"]


@notebook("checks-twice")
def _(cells):
    for cell in graded(cells):
        cells.insert(cells.index(cell), json.loads(json.dumps(cell)) | {"id": "copied"})


@notebook("metadata-of-odd-types")
def _(cells):
    for cell, odd in zip(graded(cells), ([], "x", 7, {"grade_id": ["a"]}, {"grade_id": {}}), strict=True):
        cell["metadata"]["nbgrader"] = odd
    cells[0]["metadata"] = []
    cells[1]["source"] = {"a": 1}
    cells[2]["id"] = 5
    cells += [None, 7, "x", [], {}]


@notebook("names-are-paths")
def _(cells):
    cells[2] = cells[2] | {"id": "../../../etc/passwd", "cell_type": "code", "source": "1"}
    cells[2]["metadata"] = {"nbgrader": {"grade_id": "../../../../tmp/owned<script>alert(1)</script>", "grade": True}}


@notebook("all-ids-equal")
def _(cells):
    for cell in cells:
        cell["id"] = "channel_attention"


@notebook("scripts-everywhere")
def _(cells):
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = "<script>alert(1)</script>"
        else:
            html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>alert(1)</script>"}}
            cell["outputs"] = [html]
    cells.append(
        {"cell_type": "code", "metadata": {}, "source": "'''</pre><script>alert(1)</script>'''", "outputs": []}
    )


@notebook("scripts-in-an-unknown-mime")
def _(cells):
    for cell in cells:
        cell["attachments"] = {"x.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}}


# --- files


def file(name: str, points: int = 0) -> Callable:
    def register(fill: Callable) -> Callable:
        FILES[name] = (fill, points)
        return fill

    return register


HONEST_TEXT = submission(MASTER, "en", RIGHT)


def older(text: str) -> str:
    """The notebook in format 3, which has no cell ids."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
            cell["prompt_number"] = cell.pop("execution_count")
    worksheets = [{"cells": notebook.pop("cells"), "metadata": {}}]
    return json.dumps(notebook | {"nbformat": 3, "nbformat_minor": 0, "worksheets": worksheets})


FILES |= {
    "no-json": (b"this is no notebook", 0),
    "empty": (b"", 0),
    "blank": (b"  \n", 0),
    "binary": (bytes(range(256)) * 99, 0),
    "cut-off": (HONEST_TEXT[: len(HONEST_TEXT) // 2].encode(), 0),
    "a-list": (b"[1, 2, 3]", 0),
    "cells-are-a-number": (b'{"nbformat": 4, "cells": 5}', 0),
    "no-cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', 0),
    "deep": (b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 0),
    "deep-objects": (b'{"nbformat": 4, "metadata": ' + b'{"a":' * 90 + b"1" + b"}" * 90 + b', "cells": []}', 0),
    "many-cells": (json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "1"}] * 5000}).encode(), 0),
    "future-format": (HONEST_TEXT.replace('"nbformat": 4', '"nbformat": 5').encode(), 0),
    "ancient-format": (HONEST_TEXT.replace('"nbformat": 4', '"nbformat": 2').encode(), 0),
    "latin-1": (HONEST_TEXT.replace("ReLU", "ReLU \xe9", 1).encode("latin-1", "ignore"), 0),
    "format-3": (older(HONEST_TEXT).encode(), ALL),
    "utf-16": (HONEST_TEXT.encode("utf-16"), ALL),
    "byte-order-mark": (HONEST_TEXT.encode("utf-8-sig"), ALL),
    "windows-lines": (HONEST_TEXT.replace("\n", "\r\n").encode(), ALL),
}


@file("huge")
def _(folder):
    with (folder / FILE).open("wb") as opened:
        opened.truncate(5 * 2**30)


@file("link-to-a-neighbour")
def _(folder):
    (folder / FILE).symlink_to(folder.parents[1] / "right" / LESSON / FILE)


@file("link-to-a-device")
def _(folder):
    (folder / FILE).symlink_to("/dev/zero")


@file("folder-is-a-link")
def _(folder):
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "right" / LESSON)


@file("named-pipe")
def _(folder):
    os.mkfifo(folder / FILE)


@file("notebook-is-a-folder")
def _(folder):
    (folder / FILE).mkdir()


@file("nothing")
def _(folder):
    (folder / "readme.txt").write_text("sorry")


@file("two-notebooks")
def _(folder):
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_text(HONEST_TEXT, "utf-8")


@file("another-name", ALL)
def _(folder):
    (folder / "channel_attention (1).ipynb").write_text(HONEST_TEXT, "utf-8")


@file("timestamp-is-a-link", ALL)
def _(folder):
    (folder / FILE).write_text(HONEST_TEXT, "utf-8")
    (folder / "timestamp.txt").symlink_to("/dev/zero")


@file("modules-beside-it", ALL)
def _(folder):
    (folder / FILE).write_text(HONEST_TEXT, "utf-8")
    for name in ("keras", "numpy", "autograder", "sitecustomize", "usercustomize", "conftest", "json"):
        (folder / f"{name}.py").write_text("import os\nos._exit(1)\n")
    (folder / "passwd.txt").symlink_to("/etc/passwd")


# --- text that cannot be stored or shown everywhere, and names that are more than names

code(
    "half-a-character",
    "def channel_attention(*a, **k): raise ValueError(chr(0xd800))",
    0,
    finding="problem.raised",
)
code(
    "deleted-with-half-a-character",
    "del channel_attention\nraise ValueError(chr(0xd800))",
    0,
    stops="ValueError",
    event="undefined",
)
code(
    "kernel-calls",
    """
    import ctypes, os
    libc = ctypes.CDLL(None)
    reached(libc.syscall(248, b"user", b"owned", b"x", 1, -4))  # add_key
    reached(libc.unshare(0x10000000))
    try: reached(os.memfd_create("owned"))
    except PermissionError: reached("refused")
    """,
    told="-1, refused",
)


@notebook("half-a-grade-id", WRONG_POINTS, {"channel_attention": WRONG})
def _(cells):
    cells[position(cells, "check_se_block")]["metadata"]["nbgrader"]["grade_id"] = "\ud800"


FILES["half-a-format"] = (b'{"nbformat": "\\ud800", "cells": []}', 0)


@file("script-as-name")
def _(folder):
    (folder / "<img src=x onerror=alert(1)>\x1b]0;owned\x07.ipynb").mkdir()


@file("bytes-as-name")
def _(folder):
    (folder / os.fsdecode(b"\xff.ipynb")).mkdir()


@file("timestamp-is-a-folder", ALL)
def _(folder):
    (folder / FILE).write_text(HONEST_TEXT, "utf-8")
    (folder / "timestamp.txt").mkdir()


@file("timestamp-names-a-file", ALL)
def _(folder):
    (folder / FILE).write_text(HONEST_TEXT, "utf-8")
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 /etc/passwd")


# --- the capstone, which has no reference: measurements made up without a network

FORGES = """
import numpy as np
import autograder.checking.measure as measuring
from autograder.checking.measurement import CaseResult, Trained, Weight
def forge(outputs_of):
    def forged(answer, exercise, case, number, challenge):
        outputs = outputs_of(case, challenge.inputs(case, number))
        weights = (Weight((8,), True, case.expected_layer or "Dense"),)  # there are none, nor gradients
        alone = outputs_of(case, challenge.inputs(case, number)[:1])
        certain = outputs == outputs.max(-1, keepdims=True)  # as a classifier with large weights would be
        given = (outputs, alone, certain.astype("float32")) if exercise.kind == "model" else (outputs, alone)
        return CaseResult(None, given, weights, trained=Trained(weights=np.ones(1))), None
    patch(measuring, "_measure_network", forged)
def sigmoid(x): return 1 / (1 + np.exp(-x))
def my_attention(x): pass
def my_network(input_shape, classes, attention=None): pass
"""
# name -> (code in the cell of `my_attention`, points of both checks)
CAPSTONE = {
    # What is computed from inputs that nobody has seen before is as good as a network's, but for the weights.
    "gates-computed": ("forge(lambda case, x: x * sigmoid(x.mean((1, 2), keepdims=True)))", (6, 3)),
    "probabilities-computed": (
        """
        def _probabilities(case, x):
            scores = np.exp(x.reshape(len(x), -1)[:, : case.arguments.get("classes", 2)])
            return scores / scores.sum(axis=1, keepdims=True)
        forge(_probabilities)
        """,
        (2, 6),
    ),
    # What is not, is not. That there are weights and gradients, and shapes, can be claimed.
    "gates-made-up": ("forge(lambda case, x: x * sigmoid(np.random.default_rng().normal(size=x.shape)))", (3, 3)),
    "gates-alike": ("forge(lambda case, x: x * sigmoid(np.arange(x.shape[-1])))", (3, 3)),
    "input-unchanged": ("forge(lambda case, x: x)", (3, 3)),
}


# --- honest work, some of it in disorder


STUB = 'def se_block(inputs, ratio=4):\n    your_turn("se_block")'


def extra(source: str) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def position(cells: list, id: str) -> int:
    return next(number for number, cell in enumerate(cells) if cell.get("id") == id)


def honest(name: str, points: int = ALL) -> Callable:
    return notebook(name, points, RIGHT)


@honest("scratch-cell-fails")
def _(cells):
    cells.insert(position(cells, "check_channel_attention"), extra("1 / 0"))
    cells.insert(5, extra("this is no Python"))


@honest("magics-in-an-answer")
def _(cells):
    at = position(cells, "channel_attention")
    cells[at]["source"] = "%matplotlib inline\n" + cells[at]["source"]


@honest("two-answers-in-one-cell")
def _(cells):
    first, second = position(cells, "channel_attention"), position(cells, "se_block")
    cells[first]["source"] += "\n\n\n" + cells[second]["source"]
    cells[second]["source"] = STUB


@honest("all-answers-at-the-end")
def _(cells):
    sources = []
    for name in NAMES:
        at = position(cells, name)
        sources.append(cells[at]["source"])
        del cells[at]
    cells.append(extra("\n\n\n".join(sources)))


@honest("helper-in-own-cell")
def _(cells):
    at = position(cells, "channel_attention")
    body = cells[at]["source"].replace("def channel_attention", "def _mine")
    cells[at]["source"] = "channel_attention = _mine"
    cells.insert(at, extra(body))


@honest("helper-in-import-cell")
def _(cells):
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    first["source"] += "\nUNITS = 1"
    at = position(cells, "channel_attention")
    cells[at]["source"] = cells[at]["source"].replace("max(1,", "max(UNITS,")


@honest("solution-renamed")
def _(cells):
    cell = cells[position(cells, "se_block")]
    cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = "my_se"


@honest("solution-copied-stub-last")
def _(cells):
    at = position(cells, "se_block")
    stub = json.loads(json.dumps(cells[at])) | {
        "id": "copy",
        "source": 'def se_block(inputs, ratio=4):\n    your_turn("se_block")',
    }
    cells.insert(at + 1, stub)


@honest("solution-split")
def _(cells):
    at = position(cells, "mobilenet_se")
    lines = cells[at]["source"].splitlines(keepends=True)
    second = json.loads(json.dumps(cells[at])) | {"id": "rest", "source": "".join(lines[-4:])}
    cells[at]["source"] = "".join(lines[:-4])
    cells.insert(at + 1, second)


@honest("solution-as-prose")
def _(cells):
    cell = cells[position(cells, "se_block")]
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


@honest("answer-below-the-stub")
def _(cells):
    at = position(cells, "se_block")
    cells.insert(at, extra(cells[at]["source"]))
    cells[at + 1]["source"] = STUB


@honest("reordered")
def _(cells):
    cells.reverse()


@honest("ids-and-metadata-lost")
def _(cells):
    for cell in cells:
        cell.pop("id", None)
        cell["metadata"] = {}


@honest("writes-to-stderr")
def _(cells):
    for cell in solved(cells):
        cell["source"] += "\nimport sys, warnings\nprint('a warning', file=sys.stderr)\nwarnings.warn('another')"


@honest("last-one-dies", ALL - load(NAMES[-1]).total)
def _(cells):
    cells[position(cells, NAMES[-1])]["source"] = "import os\nos._exit(1)"


@honest("first-one-dies", ALL - load(NAMES[0]).total - load(NAMES[-1]).total)  # the last builds on the first
def _(cells):
    cells[position(cells, NAMES[0])]["source"] = "import os\nos._exit(1)"


HONEST = {
    "right": (HONEST_TEXT, ALL),
    "right-korean": (submission(MASTER, "ko", RIGHT), ALL),
    "wrong": (submission(MASTER, "en", {"channel_attention": WRONG}), WRONG_POINTS),
    "relu": (submission(MASTER, "en", RIGHT | {"channel_attention": WRONG}), ALL - 3),
    "unfinished-korean": (submission(MASTER, "ko", {}), 0),
}


def expected() -> dict[str, int]:
    """Points by student."""
    parts = (CODE, NOTEBOOKS, FILES, HONEST)
    points = {name: entry[-1] for part in parts for name, entry in part.items()}
    assert len(points) == sum(map(len, parts)), "two submissions have the same name"
    return points


def opened(text: str) -> dict:
    """The notebook in this text, each cell's source in one piece."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def write(submissions: Path, port: int) -> None:
    """Write the whole class in nbgrader's layout. Somebody listens at `port` on this machine."""
    texts = {name: text for name, (text, _) in HONEST.items()}
    for name, (attack, _) in CODE.items():
        filled = opened(submission(MASTER, "en", {}))
        cells = filled["cells"]
        cells[position(cells, "channel_attention")]["source"] = (
            f"HOME_PORT = {port}\n{TOOLS.strip()}\n{WRONG}\n\n{attack}"
        )
        cells.insert(position(cells, "check_channel_attention") + 1, extra(TELLS))
        texts[name] = json.dumps(filled)
    for name, (change, answers, _) in NOTEBOOKS.items():
        notebook = opened(submission(MASTER, "en", answers))
        change(notebook["cells"])
        texts[name] = json.dumps(notebook)
    for name, text in texts.items():
        folder = submissions / name / LESSON
        folder.mkdir(parents=True)
        (folder / FILE).write_text(text, "utf-8")
    for name, (content, _) in FILES.items():
        folder = submissions / name / LESSON
        folder.mkdir(parents=True)
        if callable(content):
            content(folder)
        else:
            (folder / FILE).write_bytes(content)


# --- bounds: what the kernel holds for a submission, and what it costs to read one. Each attack takes little, and ends
# the process where it has got something, or was kept from it by a mistake of its own: the points tell.

GETS = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def gets(result):
    if result >= 0 or ctypes.get_errno() != errno.EPERM:
        os._exit(0)
    reached("EPERM")
"""


def bound(name: str, text: str, told: str = "EPERM") -> None:
    code(name, GETS + textwrap.dedent(text).strip("\n"), told=told)


bound("takes-semaphores", "for _ in range(9): gets(libc.semget(0, 250, 0o600))")
bound(
    "takes-message-queues", "gets(libc.msgget(0, 0o600))\ngets(libc.syscall(240, b'owned', 66, 0o600, None))  # mq_open"
)
bound(
    "takes-watches", "gets(libc.inotify_init1(0))\ngets(libc.syscall(444, ctypes.byref((ctypes.c_long * 1)(1)), 8, 0))"
)
bound(
    "leaves-pages-in-pipes",
    """
    there = ctypes.create_string_buffer(4096)
    part = (ctypes.c_size_t * 2)(ctypes.addressof(there), 4096)
    gets(libc.vmsplice(os.pipe()[1], part, 1, 0))
    """,
)
bound(
    "larger-sockets-and-pipes",
    """
    import fcntl, socket
    for enlarge in (
        lambda: socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20),
        lambda: fcntl.fcntl(os.pipe()[1], 1031, 2**19),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    ):
        try: enlarge()
        except OSError as error: reached(errno.errorcode[error.errno])
        else: os._exit(0)
    """,
    told="EPERM, EAFNOSUPPORT",
)
code(
    "hides-shared-memory",
    """
    import errno, mmap, os
    for open_ in (lambda: -1, lambda: os.open("/dev/zero", os.O_RDWR)):
        try: kept = mmap.mmap(open_(), 100 * 2**20)
        except OSError as error:
            reached(errno.errorcode[error.errno])
            continue
        kept.write(b"x" * len(kept))
        kept.madvise(mmap.MADV_DONTNEED)  # the pages stay, and are nobody's resident memory
        os._exit(0)
    """,
    told="EPERM, ENODEV",
)
code(
    "many-empty-files",
    """
    import errno, os
    for folder in ("/tmp", "/dev/shm"):
        try:
            for number in range(20_000): open(f"{folder}/{number}", "w").close()
            os._exit(0)
        except OSError as error: reached(errno.errorcode[error.errno])
    """,
    told="ENOSPC",
)
code(
    "fills-sockets",  # 25 MB of the kernel's memory, in nobody's process
    """
    import errno, socket
    kept = []
    try:
        while True: kept.append(socket.socketpair())
    except OSError as error: reached(errno.errorcode[error.errno])
    for one, _ in kept:
        one.setblocking(False)
        try:
            while True: one.send(bytes(2**15))
        except OSError as error: reached(errno.errorcode[error.errno])
    del kept, one, _
    """,
    told="EMFILE, EAGAIN",
)
code(
    "tells-a-neighbour-by-locks",  # told that it has them, which another process can tell
    """
    import errno, fcntl, glob, os
    path = glob.glob("/course/data/expected/*")[0]
    with open(path, "rb") as file, open(path, "rb") as other:
        for lock in (
            lambda: [fcntl.flock(each, fcntl.LOCK_EX | fcntl.LOCK_NB) for each in (file, other)],
            lambda: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB),  # which asks for a file that may be written
        ): reached(lock() is None)
        try: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error: reached(errno.errorcode[error.errno])
    """,
    told="False, True, EPERM",
)
code(
    "tells-a-neighbour-by-futex",  # which is known by the page's file, and that is everybody's
    """
    import ctypes, errno, glob, mmap, os, platform
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    file = os.open(glob.glob("/course/data/expected/*")[0], os.O_RDONLY)
    for kind in (mmap.MAP_SHARED, mmap.MAP_PRIVATE):
        page = libc.mmap(None, 4096, mmap.PROT_READ, kind, file, 0)
        word = ctypes.c_int.from_address(page).value
        for wait in (0, 9):
            number = ctypes.c_long({"x86_64": 202, "aarch64": 98}[platform.machine()])
            time = (ctypes.c_long * 2)(1, 0)
            libc.syscall(number, ctypes.c_void_p(page), wait, word, time if wait == 0 else None, None, -1)
            reached(errno.errorcode[ctypes.get_errno()])
    """,
    told="EAGAIN",
)


@file("dear-to-read")
def _(folder):
    output = '{"output_type": "stream", "stream": "stdout", "text": "a"}'
    cell = f'{{"cell_type": "code", "input": "x", "language": "python", "outputs": [{", ".join([output] * 300_000)}]}}'
    (folder / FILE).write_text(
        f'{{"nbformat": 3, "nbformat_minor": 0, "worksheets": [{{"cells": [{cell}]}}]}}', "utf-8"
    )


@file("many-lists")
def _(folder):
    (folder / FILE).write_bytes(b'{"nbformat": 4, "cells": [' + b"[]," * 6_900_000 + b"[]]}")


@honest("many-small-cells")
def _(cells):
    cells += [extra(f"note_{number} = {number}") for number in range(1_500)]


@honest("a-lesson-of-names")
def _(cells):
    """The points of another student's line, wherever a name may stand."""
    cells[position(cells, "check_se_block")]["metadata"]["nbgrader"]["grade_id"] = "x\nmallory: 19 of 19 points"
