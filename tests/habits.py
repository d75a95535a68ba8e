"""What honest students do to their notebooks. Each habit is tried in a Jupyter kernel and by the grading engine.

For honest work the grade is what the notebook's own checks said, whatever that was: where a habit costs points in the
notebook (`costs=True`), it costs the same in the grade.
"""

import json
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from autograder.grading.demo import submission
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES

LESSON = "3-channel-attention"
NAMES = LESSONS[LESSON]
MASTERS = {lesson: read_master(lesson) for lesson in ("0-start-here", LESSON)}
RIGHT = {
    lesson: {name: solution_source(master.solution(name)) for name in LESSONS[lesson]}
    for lesson, master in MASTERS.items()
}
# Habits of one cell are tried five to a notebook. The last exercise builds on the first, so the others go first.
SLOTS = ("se_block", "efficientnet_se", "mobilenet_se", "attention_block", "channel_attention")


class Answer(str):
    """The source of an exercise's own cell, or of a copy of it; other text is a cell of the student's own."""

    __slots__ = ()


@dataclass(frozen=True)
class CellHabit:
    """`change(source, name)` gives the cells that stand between an exercise's prose and its check."""

    change: Callable
    slots: tuple[str, ...]
    costs: bool


@dataclass(frozen=True)
class NotebookHabit:
    """`change(notebook)` changes a whole notebook. `as_run`: the kernel runs the cells in the order of their numbers.

    Experiments with this text in them run in the kernel, too, because the habit is about them.
    """

    change: Callable
    lesson: str
    costs: bool
    as_run: bool
    experiment: str


CELLS: dict[str, CellHabit] = {}
NOTEBOOKS: dict[str, NotebookHabit] = {}


def cell(name: str, *slots: str, costs: bool = False) -> Callable:
    """A habit that concerns one exercise: any of `slots`, or any at all."""

    def register(change: Callable) -> Callable:
        assert name not in CELLS
        CELLS[name] = CellHabit(change, slots or SLOTS, costs)
        return change

    return register


def above(name: str, text: str, *slots: str, costs: bool = False) -> None:
    """These lines at the top of an answer's cell."""
    cell(name, *slots, costs=costs)(lambda source, name: f"{text}\n{source}")


def below(name: str, text: str, *slots: str, costs: bool = False) -> None:
    """These lines at the end of an answer's cell; NAME is the exercise."""
    cell(name, *slots, costs=costs)(lambda source, name: f"{source}\n{text.replace('NAME', name)}")


def own(name: str, text: str, *slots: str, costs: bool = False) -> None:
    """These lines in a cell of the student's own between an answer and its check; NAME is the exercise."""
    cell(name, *slots, costs=costs)(lambda source, name: [Answer(source), dedent(text).replace("NAME", name)])


def notebook(
    name: str, lesson: str = LESSON, *, costs: bool = False, as_run: bool = False, experiment: str = ""
) -> Callable:
    """A habit that concerns a whole notebook."""

    def register(change: Callable) -> Callable:
        assert name not in NOTEBOOKS
        NOTEBOOKS[name] = NotebookHabit(change, lesson, costs, as_run, experiment)
        return change

    return register


def dedent(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def wrong(name: str) -> str:
    """An attempt that has the right shape and nothing else."""
    return f"def {name}(*inputs, **options):\n    return inputs[0]"


def stub(name: str) -> str:
    """What was handed out, or near it."""
    return f'def {name}(*inputs, **options):\n    # your code\n    your_turn("{name}")'


def renamed(source: str, name: str, other: str) -> str:
    """The answer as a function of another name."""
    return source.replace(f"def {name}(", f"def {other}(")


def without_text(source: str) -> str:
    """The answer without its docstring."""
    return re.sub(r'    """.*?"""\n', "", source, count=1, flags=re.DOTALL)


# --- IPython's own syntax

below("help on a layer", "layers.Dense?")
above("source of an operation", "ops.sigmoid??")
above("help before the name", "??keras.layers.Dense")
below("help on a method", "keras.Model.fit?")
below("help with a wildcard", "layers.*Pooling2D?")
cell("help within a function")(lambda source, name: [Answer(source), "def look():\n    pass\nlook?\nlook()"])
above("shell command", "!ls -la")
above("shell command assigned", "files = !ls")
above("shell command with a variable", 'folder = "."\n!ls {folder} $folder')
above("two exclamation marks", "!!echo hello")
above("magic assigned", "here = %pwd")
above("pictures in the notebook", "%matplotlib inline")
above("sharp pictures", "%config InlineBackend.figure_format = 'retina'")
above("modules loaded anew", "%load_ext autoreload\n%autoreload 2")
above("environment variable", "%env KERAS_HOME_OF_MINE=1")
above("another folder", "%cd /tmp")
above("magic over two lines", "%env \\\nMY_VARIABLE=1")
below("timed with a magic", "%timeit -n 1 -r 1 max(1, 2)")
below("time of one line", "%time numbers = [i for i in range(9)]")
above("timed cell", "%%time")
above("timed and captured cell", "%%capture said\n%%time")
above("captured cell", "%%capture")
above("profiled cell", "%%prun -q")
above("timed function does not stay", "%%timeit -n 1 -r 1", costs=True)
above("magic that does not exist", "%tensorflow_version 2.x", costs=True)
below("list of packages", "!pip --version")
below("package that is there", "%pip show numpy")
below("names listed", "%who\n%whos function")
own("a script in the shell", "%%bash\necho hello\nls")
own("a page", "%%html\n<b>squeeze</b>")
own("a script of one's own", "%%writefile mine_NAME.py\nUNITS_NAME = 1\ndef unused_NAME(): return 0")
cell("a module of one's own")(
    lambda source, name: [
        "%%writefile parts_" + name + ".py\nTWO = 2",
        Answer(f"from parts_{name} import TWO\nassert TWO == 2\n{source}"),
    ]
)
cell("a script that is run")(
    lambda source, name: [
        f"%%writefile run_{name}.py\nTHREE_{name} = 3",
        Answer(f"%run run_{name}.py\nassert THREE_{name} == 3\n{source}"),
    ]
)
below("kept for later", "kept = [1]\n%store kept")
below("history", "%history -n 1-2")
below("automatic parentheses", "/print 1\n,print a b\n;print a b")
below("no output", "[1, 2, 3];")
below("output used again", "1 + 1\n_")
own("earlier outputs", "41 + 1")
own("inputs", "len(In), Out, _i")
cell("indented by a paste")(lambda source, name: textwrap.indent(source, "    "))
cell("prompts of Python")(
    lambda source, name: "\n".join(
        f"{'...' if number else '>>>'} {line}".rstrip() for number, line in enumerate(without_text(source).splitlines())
    )
)
cell("prompts of IPython")(
    lambda source, name: "\n".join(
        f"{'   ...:' if number else 'In [7]:'} {line}" for number, line in enumerate(without_text(source).splitlines())
    )
)
below("await", "import asyncio\nawait asyncio.sleep(0)")
below("await a function", "async def wait_NAME():\n    return 1\nawait wait_NAME()")
below("asks IPython", "print(get_ipython().__class__.__name__, get_ipython().config)")
below("calls a magic", 'get_ipython().run_line_magic("matplotlib", "inline")\nget_ipython().system("ls")')
above("asks whether this is a notebook", 'if "IPKernelApp" in get_ipython().config:\n    print("a kernel")')
below("asks the reader", 'try:\n    input("ready?")\nexcept Exception:\n    pass')
below("hint left in", 'hint("NAME")')
below("progress left in", "progress()")
below("started again", 'start("3-channel-attention")')
below("debugger", "%pdb off")
own("a widget", "from ipywidgets import interact\ninteract(lambda ratio: ratio, ratio=(1, 8));")
own("something shown", "from IPython.display import HTML, Markdown, clear_output\ndisplay(Markdown('hi'), HTML('<b>'))")

above("a task", "import asyncio\nasync def later_on(): pass\ntask = asyncio.create_task(later_on())")
above("a loop", "import asyncio\nloop = asyncio.get_running_loop()\nloop.call_later(0, print)")
above("a future", "import asyncio\nasyncio.ensure_future(asyncio.sleep(0))")
above("a loop of one's own, which there is no room for", "import asyncio\nasyncio.run(asyncio.sleep(0))", costs=True)
above("a task is waited for", "import asyncio\nawait asyncio.gather(asyncio.create_task(asyncio.sleep(0)))")
above("who I am", "import getpass, pwd, os\nprint(getpass.getuser(), pwd.getpwuid(os.getuid()).pw_name)")
above("home", "from pathlib import Path\nprint(Path.home(), Path('~').expanduser())")
above("who I am, from the shell", "import subprocess\nprint(subprocess.check_output('whoami', shell=True))")
above("which shell", "import os\nprint(os.environ['SHELL'])")
above("which host", "import socket\nprint(socket.gethostbyname('localhost'))")
above(
    "a file is locked",
    "import fcntl\nwith open('locked', 'w') as f:\n    fcntl.flock(f, 2)\n    fcntl.lockf(f, fcntl.LOCK_EX)",
)


@cell("a database")
def _(source, name):
    write = f"""
        import sqlite3
        notes_{name} = sqlite3.connect("{name}.db")
        notes_{name}.execute("create table if not exists runs(least)")
        notes_{name}.execute("insert into runs values (1)")
        notes_{name}.commit()
        notes_{name}.close()
    """
    read = f"""
        import sqlite3
        with sqlite3.connect("{name}.db") as notes_{name}:
            LEAST_{name} = notes_{name}.execute("select * from runs").fetchone()[0]
    """
    return [dedent(write), Answer(f"{dedent(read)}\n{source}".replace("max(1, ", f"max(LEAST_{name}, "))]


# The cell that was handed out is gone; these are the student's own.
cell("answer in a text, its cell deleted")(lambda source, name: [f"exec('''\n{without_text(source)}\n''')"])
cell("answer in a script, its cell deleted")(
    lambda source, name: [f"%%writefile gone_{name}.py\n{source}", f"%run -i gone_{name}.py"]
)
cell("answer in a text that IPython runs")(
    lambda source, name: f"get_ipython().run_cell('''\n{without_text(source)}\n''')"
)


@cell("answer by a magic of one's own")
def _(source, name):
    magic = f"""
        from IPython.core.magic import register_cell_magic
        @register_cell_magic
        def mine_{name}(line, cell):
            get_ipython().run_cell(cell)
    """
    return [dedent(magic), Answer(f"%%mine_{name}\n{source}")]


cell("answer given to globals, its cell deleted")(
    lambda source, name: [f'{renamed(source, name, f"mine_{name}")}\nglobals()["{name}"] = mine_{name}']
)


@cell("answer imported, its cell deleted", "se_block")
def _(source, name):
    return [f"%%writefile se_of_mine.py\nfrom keras import layers\n{source}", "from se_of_mine import *"]


@cell("answer in a database, its cell deleted")
def _(source, name):
    write = f"""
        import sqlite3
        kept_{name} = sqlite3.connect("kept_{name}.db")
        kept_{name}.execute("create table answers(source)")
        kept_{name}.execute("insert into answers values (?)", [TEXT_{name}])
        kept_{name}.commit()
        exec(kept_{name}.execute("select source from answers").fetchone()[0])
    """
    return [f"TEXT_{name} = '''\n{without_text(source)}\n'''", dedent(write)]


# --- where code stands


@cell("helper above")
def _(source, name):
    return [f"def units_{name}(n):\n    return max(1, n)", Answer(source.replace("max(1, ", f"units_{name}("))]


@cell("helper below")
def _(source, name):
    changed = without_text(source).replace("\n    ", f"\n    ready_{name}()\n    ", 1)
    return [Answer(changed), f"def ready_{name}():\n    return True"]


@cell("answer in two copies of its cell")
def _(source, name):
    return [Answer(renamed(source, name, f"first_{name}")), Answer(f"{name} = first_{name}")]


@cell("answer in a cell of its own above the stub, which was not run again")
def _(source, name):
    return [source, f"{name}_of_mine = {name}", Answer(f"{name} = {name}_of_mine")]


cell("wrong attempt above")(lambda source, name: [wrong(name), Answer(source)])
cell("wrong attempt in a copy above")(lambda source, name: [Answer(wrong(name)), Answer(source)])
cell("right attempt in a cell below")(lambda source, name: [Answer(wrong(name)), source])
cell("wrong attempt in a cell below", costs=True)(lambda source, name: [Answer(source), wrong(name)])
cell("broken attempt in a copy below")(lambda source, name: [Answer(source), Answer(f"def {name}(x:\n    ret")])
cell("broken attempt above")(lambda source, name: [f"def {name}(x:\n    ret", Answer(source)])
cell("piece that fails above")(lambda source, name: [Answer("1 / 0"), Answer(source)])
cell("answer kept under another name below")(lambda source, name: [Answer(source), f"kept_{name} = {name}"])
cell("the same answer twice")(lambda source, name: [Answer(source), Answer(source)])
cell("only a wrong attempt", costs=True)(lambda source, name: wrong(name))
cell("nothing", costs=True)(lambda source, name: stub(name))
cell("an empty cell", costs=True)(lambda source, name: "")
cell("a cell of pass beside")(lambda source, name: ["pass", Answer(source), "pass"])
cell("right answer in an own cell, official one emptied")(lambda source, name: [Answer("# see below"), source])


@cell("helper in the stub's cell, answer below")
def _(source, name):
    helper = f"def units_of_{name}(n):\n    return max(1, n)"
    return [Answer(f"{helper}\n\n\n{stub(name)}"), source.replace("max(1, ", f"units_of_{name}(")]


cell("wrong attempts of three kinds")(
    lambda source, name: [wrong(name), Answer(wrong(name) + "\n1 / 0"), Answer(source), "1 / 0"]
)


@cell("stub kept as a comment, wrong attempt above")
def _(source, name):
    return [wrong(name), Answer(f'{source}\n    # your_turn("{name}")')]


@cell("stub kept in a string")
def _(source, name):
    return [wrong(name), Answer(f"'''\nyour_turn(\"{name}\")\n'''\n{source}")]


cell("stub left above in the same cell")(lambda source, name: f"{stub(name)}\n\n\n{source}")
below("stub left behind the return", '    your_turn("NAME")')
cell("stub behind the return, wrong attempt above")(
    lambda source, name: [wrong(name), Answer(f'{source}\n    your_turn("{name}")')]
)
cell("stub left before the code", costs=True)(
    lambda source, name: without_text(source).replace("\n    ", f'\n    your_turn("{name}")\n    ', 1)
)
cell("forty attempts commented out")(
    lambda source, name: "\n".join(textwrap.indent(source, "# ") for _ in range(40)) + "\n" + source
)
cell("long notes")(lambda source, name: "# " + "why does it squeeze? " * 1_500 + "\n" + source)
cell("long notes in a string")(lambda source, name: '"""' + "why does it squeeze?\n" * 1_500 + '"""\n' + source)
below("self-test that passes", 'assert callable(NAME), "no function"')
below("self-test that fails", "assert False")
above("self-test that fails before the answer", "assert False", costs=True)
below("ends with an error", 'raise RuntimeError("to see what happens")')
below("ends the program", "import sys\nsys.exit()")
below("checked in its own cell", "check(NAME)")
below("checked with a picture in its own cell", "check(NAME, show=True)")
below("names deleted that are not needed", "unneeded = 1\ndel unneeded")
cell("a helper deleted that is needed", costs=True)(
    lambda source, name: (
        without_text(source).replace("\n    ", f"\n    gone_{name}()\n    ", 1)
        + f"\ndef gone_{name}(): pass\ndel gone_{name}"
    )
)
cell("defined only as a program")(lambda source, name: 'if __name__ == "__main__":\n' + textwrap.indent(source, "    "))
cell("defined where something may fail")(
    lambda source, name: "try:\n" + textwrap.indent(source, "    ") + "\nexcept NameError:\n    pass"
)

# --- kinds of functions


@cell("decorator")
def _(source, name):
    return dedent(f"""
        import functools, time
        def timed_{name}(function):
            @functools.wraps(function)
            def wrapper(*arguments, **options):
                begin = time.perf_counter()
                returned = function(*arguments, **options)
                print(function.__name__, time.perf_counter() - begin)
                return returned
            return wrapper
        @timed_{name}
    """) + "\n" + source  # fmt: skip


above("cached function", "from functools import lru_cache\n@lru_cache(maxsize=None)")
above("compiled function", "import tensorflow as tf\n@tf.function", costs=True)
cell("decorator that hides the signature")(
    lambda source, name: f"def plain_{name}(f):\n    return lambda *a, **k: f(*a, **k)\n@plain_{name}\n{source}"
)
cell("decorator class")(
    lambda source, name: (
        f"class Counted_{name}:\n    def __init__(self, f): self.f, self.n = f, 0\n"
        f"    def __call__(self, *a, **k):\n        self.n += 1\n        return self.f(*a, **k)\n"
        f"@Counted_{name}\n{source}"
    )
)
cell("partial")(
    lambda source, name: (
        f"from functools import partial\n{renamed(source, name, 'whole_' + name)}\n{name} = partial(whole_{name})"
    )
)
cell("lambda")(
    lambda source, name: f"{renamed(source, name, 'long_' + name)}\n{name} = lambda *a, **k: long_{name}(*a, **k)"
)
cell("callable object")(
    lambda source, name: (
        f"class Block_{name}:\n    def __call__(self, *a, **k):\n        return called_{name}(*a, **k)\n"
        f"{renamed(source, name, 'called_' + name)}\n{name} = Block_{name}()"
    )
)
cell("method of an object")(
    lambda source, name: (
        f"class Holder_{name}:\n    @classmethod\n    def make(cls, *a, **k):\n        return inner_{name}(*a, **k)\n"
        f"{renamed(source, name, 'inner_' + name)}\n{name} = Holder_{name}().make"
    )
)
cell("closure")(
    lambda source, name: (
        f"def make_{name}():\n{textwrap.indent(source, '    ')}\n    return {name}\n{name} = make_{name}()"
    )
)
cell("another name")(lambda source, name: f"{renamed(source, name, 'mine_' + name)}\n{name} = mine_{name}")
cell("tuple of names")(
    lambda source, name: f"{renamed(source, name, 'mine_' + name)}\n{name}, other_{name} = mine_{name}, None"
)
cell("name with a type")(
    lambda source, name: f"{renamed(source, name, 'typed_' + name)}\n{name}: callable = typed_{name}"
)
cell("walrus")(lambda source, name: f"{renamed(source, name, 'set_' + name)}\nprint({name} := set_{name})")


@cell("layer class", "se_block")
def _(source, name):
    return dedent("""
        class SE(keras.layers.Layer):
            def __init__(self, ratio, **options):
                super().__init__(**options)
                self.ratio = ratio
            def build(self, shape):
                self.reduce = layers.Conv2D(max(1, shape[-1] // self.ratio), 1, activation="relu")
                self.expand = layers.Conv2D(shape[-1], 1, activation="sigmoid")
                self.reduce.build((None, 1, 1, shape[-1]))
                self.expand.build((None, 1, 1, max(1, shape[-1] // self.ratio)))
            def call(self, x):
                return x * self.expand(self.reduce(ops.mean(x, axis=(1, 2), keepdims=True)))
        def se_block(inputs, ratio=4):
            return SE(ratio)(inputs)
    """)


@cell("registered layer", "mobilenet_se")
def _(source, name):
    return dedent("""
        @keras.saving.register_keras_serializable(package="mine")
        class Scale(keras.layers.Layer):
            def call(self, x, gates):
                return x * gates
        def mobilenet_se(x):
            units = round_to_8(x.shape[-1] / 4)
            gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
            gates = layers.Conv2D(units, 1, activation="relu")(gates)
            return Scale()(x, layers.Conv2D(x.shape[-1], 1, activation="hard_sigmoid")(gates))
    """)


@cell("lambda layer", "efficientnet_se")
def _(source, name):
    return without_text(source).replace(
        "layers.Multiply()([x, gates])", "layers.Lambda(lambda both: both[0] * both[1])([x, gates])"
    )


@cell("type hints", "se_block")
def _(source, name):
    return "from __future__ import annotations\nfrom typing import Optional\n" + source.replace(
        "(inputs, ratio=4)", "(inputs: KerasTensor, ratio: Optional[int] = 4) -> KerasTensor"
    )


@cell("settings in a dataclass", "se_block")
def _(source, name):
    return "from dataclasses import dataclass\n@dataclass\nclass Settings:\n    least: int = 1\n" + source.replace(
        "max(1, ", "max(Settings().least, "
    )


cell("default from another cell", "se_block")(
    lambda source, name: ["DEFAULT = 4", Answer(source.replace("ratio=4", "ratio=DEFAULT"))]
)
cell("stars", "se_block")(
    lambda source, name: without_text(source).replace(
        "(inputs, ratio=4):", "(*arguments, **options):\n    inputs, ratio = arguments[0], options.get('ratio', 4)"
    )
)
cell("other names of parameters", "se_block", costs=True)(
    lambda source, name: re.sub(r"\bratio\b", "r", re.sub(r"\binputs\b", "tensor", without_text(source)))
)
cell("called like something built in", "se_block")(
    lambda source, name: f"{renamed(without_text(source), name, 'sum')}\nse_block = sum"
)
cell("half of it right", "channel_attention", costs=True)(
    lambda source, name: source.replace('activation="relu", ', "")
)
cell("a slip in a number", "efficientnet_se", costs=True)(
    lambda source, name: source.replace("filters_in * ratio", "x.shape[-1] * ratio")
)
cell("match", "mobilenet_se")(
    lambda source, name: without_text(source).replace(
        "    channels = x.shape[-1]\n", "    match x.shape:\n        case (_, _, _, channels):\n            pass\n"
    )
)
cell("text in text", "channel_attention")(
    lambda source, name: source.replace('f"{name}_gates"', "f\"{name + '_' + 'gates'}\"")
)
cell("one more check of arguments", "channel_attention")(
    lambda source, name: without_text(source).replace(
        "\n    ", '\n    if not isinstance(name, str):\n        raise TypeError(f"expected text: {name!r}")\n    ', 1
    )
)
cell("calls itself", "channel_attention")(
    lambda source, name: without_text(source).replace(
        "\n    ", '\n    if name is None:\n        return channel_attention(x, "a", ratio)\n    ', 1
    )
)

# --- imports

above("everything from layers", "from keras.layers import *")
cell("own short names", "channel_attention")(
    lambda source, name: "import keras.ops as K\nfrom keras import layers as L\n" + source.replace("layers.", "L.")
)
cell("TensorFlow's Keras", "se_block")(
    lambda source, name: "import tensorflow as tf\n" + source.replace("layers.", "tf.keras.layers.")
)
above("imported once more", "from tensorflow.keras import layers", "efficientnet_se")
above("imported if it is there", "try:\n    import tqdm\nexcept ImportError:\n    tqdm = None")
above("package that is not there", "import no_such_package", costs=True)
below("package that is not there, after the answer", "import no_such_package")
above(
    "Colab, if it is Colab",
    "try:\n    from google.colab import drive\n    drive.mount('/content')\nexcept ImportError:\n    pass",
)
above("warnings off", 'import warnings\nwarnings.filterwarnings("ignore")')
above("seeds", "import random\nrandom.seed(0)\nnp.random.seed(0)\nkeras.utils.set_random_seed(0)")
above("less noise of TensorFlow", "import os, logging\nos.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'\nlogging.basicConfig()")
above("devices listed", "import tensorflow as tf\nprint(tf.config.list_physical_devices('GPU'))")

# --- text

cell("Korean names", "se_block")(lambda source, name: source.replace("channels", "채널_수").replace("gates", "게이트"))
cell("letters in two forms", "mobilenet_se")(
    lambda source, name: source.replace("channels = ", unicodedata.normalize("NFD", "largeur_été = ")).replace(
        "channels", unicodedata.normalize("NFC", "largeur_été")
    )
)
cell("Korean name in two forms", "efficientnet_se")(
    lambda source, name: source.replace("units = ", unicodedata.normalize("NFD", "유닛 = ")).replace("units", "유닛")
)
cell("Greek names", "channel_attention")(lambda source, name: source.replace("hidden", "σ"))
above("symbols in text", 'print("σ(W₂·ReLU(W₁z)) ∈ (0, 1) 🙂")')
cell("lines of Windows")(lambda source, name: source.replace("\n", "\r\n"))
cell("tabs")(lambda source, name: without_text(source).replace("    ", "\t"))
cell("blanks on empty lines")(lambda source, name: without_text(source).replace("\n", "\n   \n \t\n"))
cell("form feed")(lambda source, name: f"x = 1\n\x0c\n{source}")
cell("hard blanks in a comment")(lambda source, name: f"# the\u00a0answer\n{source}")
cell("hard blanks in the code", costs=True)(
    lambda source, name: source.replace("    return", "\u00a0\u00a0\u00a0 return")
)
cell("invisible blanks in a comment")(lambda source, name: f"# the\u200banswer\u202f\n{source}")
cell("mark of the byte order", costs=True)(lambda source, name: f"\ufeff{source}")
below("backslash at the end", "total = 1 + \\\n    2")
below("backslash in a text", r"print('C:\new \d \sigma')")
cell("no line end, many line ends")(lambda source, name: f"\n\n\n{source}\n\n\n\n")
cell("semicolons")(lambda source, name: f"a = 1; b = 2;\n{source}")
above("title of Colab", "#@title My answer { display-mode: 'form' }\nratio_of_mine = 8 #@param {type:'integer'}")
above("cell mark of VS Code", "#%% the answer\n# %% [markdown] or not")
below("escaped text", "print(r'\\alpha', b'bytes', f'{1:>5}', '''two\nlines''')")

# --- what else a cell does

below("written and read back", "open('note_NAME.txt', 'w').write('1')\nprint(open('note_NAME.txt').read())")
below("a file that is not there", "open('data_of_mine.csv')")
above("a file that is needed and not there", "open('data_of_mine.csv')", costs=True)
below("a figure", "figure, ax = plt.subplots()\nax.plot([1, 2])\nplt.title('게이트')\nplt.show()")
below("a figure saved", "plt.plot([1, 2])\nplt.savefig('figure_NAME.png')\nplt.close('all')")
below("settings of figures", "plt.rcParams['font.size'] = 9\nplt.style.use('default')")
below("a warning", "import warnings\nwarnings.warn('careful')\nimport sys\nprint('careful', file=sys.stderr)")
below("much output", "for i in range(2000):\n    print(i, 'squeeze and excite' * 3)")
cell("output while it is built")(
    lambda source, name: without_text(source).replace("\n    ", "\n    print('building', locals())\n    ", 1)
)
cell("counter")(
    lambda source, name: (
        f"calls_{name} = 0\n"
        + without_text(source).replace("\n    ", f"\n    global calls_{name}\n    calls_{name} += 1\n    ", 1)
    )
)
below(
    "threads", "import threading\nthread = threading.Thread(target=print, args=('hi',))\nthread.start()\nthread.join()"
)
below("its own source", "import inspect\nprint(inspect.getsource(NAME))")
below("a model looked at", "x = keras.Input((8, 8, 16))\nkeras.Model(x, layers.Dense(1)(x)).summary()")
own("numbers run through a model", "model = keras.Sequential([layers.Dense(2)])\nmodel(np.ones((1, 3))).numpy()")
own(
    "a small training",
    """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((32, 3)), np.ones((32, 1)), epochs=1)
    """,
)
own("pickled", "import pickle\ndef kept_NAME(): pass\npickle.dumps(kept_NAME)")
own("modules listed", "import sys\n'keras' in sys.modules, sys.version, sys.argv, sys.path[:1]")


# --- whole notebooks


def extra(source: str) -> dict:
    """A cell of the student's own."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def position(notebook: dict, id: str) -> int:
    """The number of the cell of this id."""
    return next(number for number, each in enumerate(notebook["cells"]) if each.get("id") == id)


def put(notebook: dict, id: str, source: str) -> None:
    """A cell of the student's own before the cell of this id."""
    notebook["cells"].insert(position(notebook, id), extra(source))


def take_out(notebook: dict, id: str) -> dict:
    """The cell of this id, removed."""
    return notebook["cells"].pop(position(notebook, id))


def code_cells(notebook: dict) -> list[dict]:
    return [each for each in notebook["cells"] if each["cell_type"] == "code"]


def first_code(notebook: dict) -> dict:
    """The cell that imports everything."""
    return code_cells(notebook)[0]


@notebook("as it was handed out", costs=True)
def _(book):
    for name in NAMES:
        book["cells"][position(book, name)]["source"] = stub(name)


notebook("all right")(lambda book: None)
notebook("all right in lesson 0", "0-start-here")(lambda book: None)


@notebook("help in every answer")
def _(book):
    for name in NAMES:
        book["cells"][position(book, name)]["source"] += "\nlayers.Dense?"


@notebook("ids and metadata lost")
def _(book):
    for each in book["cells"]:
        each.pop("id")
        each["metadata"] = {}


@notebook("form of Colab")
def _(book):
    book["metadata"] |= {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    book["nbformat_minor"] = 0
    for number, each in enumerate(book["cells"]):
        each["metadata"] |= {"id": each.pop("id"), "colab": {"base_uri": "https://localhost/"}, "outputId": str(number)}
        if each["cell_type"] == "code":
            each["metadata"]["cellView"] = "form"


@notebook("form of VS Code")
def _(book):
    for each in book["cells"]:
        each["metadata"]["vscode"] = {"languageId": "python"}
    book["metadata"]["kernelspec"] = {"display_name": "my_env", "language": "python", "name": "python3"}


@notebook("form of Kaggle and Deepnote")
def _(book):
    book["metadata"] |= {"kaggle": {"accelerator": "none"}, "deepnote_notebook_id": "1"}
    for number, each in enumerate(book["cells"]):
        each["metadata"] |= {
            "_uuid": f"{number}",
            "_cell_guid": f"{number}",
            "trusted": True,
            "deepnote_cell_type": "x",
        }


for minor in range(6):

    @notebook(f"format 4.{minor}", "0-start-here")
    def _(book, minor=minor):
        book["nbformat_minor"] = minor
        if minor < 5:
            for each in book["cells"]:
                each.pop("id")


@notebook("sources in lists of lines", "0-start-here")
def _(book):
    for each in book["cells"]:
        each["source"] = each["source"].splitlines(keepends=True)


@notebook("state of widgets, attachments, outputs", "0-start-here")
def _(book):
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}}
    book["metadata"]["widgets"] = state
    book["cells"][0]["attachments"] = {"a.png": {"image/png": "aGVsbG8="}}
    for number, each in enumerate(code_cells(book)):
        each["execution_count"] = 100 - number
        each["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "an old output"}]


@notebook("odd numbers of runs", "0-start-here")
def _(book):
    for number, each in enumerate(code_cells(book)):
        each["execution_count"] = (None, 3, 3, 0, 999)[number % 5]


@notebook("prose translated")
def _(book):
    for each in book["cells"]:
        if each["cell_type"] == "markdown":
            each["source"] = "번역된 글입니다. " + each["source"][::-1]


@notebook("prose deleted")
def _(book):
    book["cells"] = code_cells(book)


@notebook("experiments deleted")
def _(book):
    book["cells"] = [each for each in book["cells"] if "experiment" not in each["metadata"].get("tags", [])]


@notebook("prose added")
def _(book):
    for number in range(0, 30, 3):
        book["cells"].insert(number, {"cell_type": "markdown", "metadata": {}, "source": f"## My note {number}"})
        book["cells"].insert(number, {"cell_type": "raw", "metadata": {}, "source": "def se_block(x): return x"})


@notebook("tags, collapsed cells and slides")
def _(book):
    for each in book["cells"]:
        each["metadata"] |= {"collapsed": True, "jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "-"}}
        each["metadata"]["tags"] = [*each["metadata"].get("tags", []), "mine"]


@notebook("answer and check in one cell")
def _(book):
    for name in NAMES:
        check = take_out(book, f"check_{name}")
        book["cells"][position(book, name)]["source"] += "\n\n" + check["source"]


@notebook("answer written into the check's cell")
def _(book):
    for name in NAMES:
        answer = take_out(book, name)
        check = book["cells"][position(book, f"check_{name}")]
        check["source"] = answer["source"] + "\n\n" + check["source"]


@notebook("better answer written into the check's cell")
def _(book):
    for name in NAMES:
        answer, check = (book["cells"][position(book, id)] for id in (name, f"check_{name}"))
        check["source"] = answer["source"] + "\n\n" + check["source"]
        answer["source"] = wrong(name)


@notebook("functions with other names, checks changed to match")
def _(book):
    for name in NAMES[1:]:
        answer, check = (book["cells"][position(book, id)] for id in (name, f"check_{name}"))
        answer["source"] = renamed(answer["source"], name, f"mine_{name}")
        check["source"] = f'check(mine_{name}, "{name}")'


@notebook("checks by name, by lesson and by nothing")
def _(book):
    calls = ("check({})", 'check("{}")', "check()", 'check(answer={0}, exercise="{0}")', f'check("{LESSON}")')
    for name, call in zip(NAMES, calls, strict=True):
        book["cells"][position(book, f"check_{name}")]["source"] = call.format(name)


@notebook("answer and prose in one cell")
def _(book):
    for name in NAMES:
        at = position(book, name)
        book["cells"][at]["source"] = '"""\n' + "The answer.\n" + '"""\n' + book["cells"][at]["source"]
        if book["cells"][at - 1]["cell_type"] == "markdown":
            del book["cells"][at - 1]


@notebook("check run twice")
def _(book):
    for name in NAMES:
        check = book["cells"][position(book, f"check_{name}")]
        book["cells"].insert(position(book, f"check_{name}"), check | {"id": f"again-{name}"})


@notebook("corrected below the check, and checked there again")
def _(book):
    for name in NAMES:
        at = position(book, f"check_{name}")
        answer, check = book["cells"][position(book, name)], book["cells"][at]
        book["cells"][at + 1 : at + 1] = [extra(answer["source"]), check | {"id": f"again-{name}"}]
        answer["source"] = wrong(name)


@notebook("corrected in a copy below the check, and checked there again")
def _(book):
    for name in NAMES:
        at = position(book, f"check_{name}")
        answer, check = book["cells"][position(book, name)], book["cells"][at]
        book["cells"][at + 1 : at + 1] = [answer | {"id": f"copy-{name}"}, extra(check["source"])]
        book["cells"][position(book, name)] = answer | {"source": wrong(name)}


@notebook("right and checked, then tried otherwise below")
def _(book):
    for name in NAMES[1:]:
        book["cells"].insert(position(book, f"check_{name}") + 1, extra(f"def {name}(x):\n    return x * 2"))


@notebook("wrong and checked, then corrected below", costs=True)
def _(book):
    for name in NAMES[:-1]:
        answer = book["cells"][position(book, name)]
        book["cells"].insert(position(book, f"check_{name}") + 1, extra(answer["source"]))
        answer["source"] = wrong(name)


@notebook("all checks at the end")
def _(book):
    book["cells"] += [take_out(book, f"check_{name}") for name in NAMES]


@notebook("a check again at the end, after changes")
def _(book):
    answer = book["cells"][position(book, "se_block")]
    book["cells"] += [extra(answer["source"]), extra("check(se_block)")]
    answer["source"] = wrong("se_block")


@notebook("answers exchanged")
def _(book):
    first, second = position(book, "se_block"), position(book, "efficientnet_se")
    cells = book["cells"]
    cells[first], cells[second] = cells[second], cells[first]
    first, second = position(book, "check_se_block"), position(book, "check_efficientnet_se")
    cells[first], cells[second] = cells[second], cells[first]


@notebook("given function moved up and used")
def _(book):
    given = next(each for each in book["cells"] if "def round_to_8" in each["source"])
    book["cells"].remove(given)
    book["cells"].insert(position(book, "se_block"), given)
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace("max(1, ", "max(round_to_8(8) // 8, ")


@notebook("answer moved up and used by another")
def _(book):
    moved = take_out(book, "efficientnet_se")
    at = position(book, "se_block")
    book["cells"][at]["source"] = "assert callable(efficientnet_se)\n" + book["cells"][at]["source"]
    book["cells"].insert(at, moved)


@notebook("helpers in the first cell")
def _(book):
    first_code(book)["source"] += "\n\nLEAST = 1\n\ndef at_least_one(n):\n    return max(LEAST, n)"
    for name in NAMES[:3]:
        answer = book["cells"][position(book, name)]
        answer["source"] = answer["source"].replace("max(1, ", "at_least_one(")


@notebook("first cell written anew")
def _(book):
    first_code(book)["source"] = dedent("""
        import keras, numpy as np
        from autograder import *
        from autograder import check, your_turn, start
        from keras.layers import *
        from keras import layers as layers, ops
        %matplotlib inline
    """)


@notebook("every answer with a mistake above it", costs=True)
def _(book):
    for name in NAMES:
        answer = book["cells"][position(book, name)]
        answer["source"] = "undefined_name\n" + answer["source"]


@notebook("answers in cells of their own, the handed-out ones deleted")
def _(book):
    for name in NAMES:
        at = position(book, name)
        book["cells"][at] = extra(book["cells"][at]["source"])


@notebook("all answers in one cell at the start")
def _(book):
    source = "\n\n\n".join(take_out(book, name)["source"] for name in NAMES)
    book["cells"].insert(position(book, "check_channel_attention"), extra(source))


@notebook("all answers in the first answer's cell")
def _(book):
    for name in NAMES[1:]:
        source = take_out(book, name)["source"]
        book["cells"][position(book, NAMES[0])]["source"] += "\n\n\n" + source


@notebook("helper of one answer's cell used by all")
def _(book):
    cell = book["cells"][position(book, "channel_attention")]
    cell["source"] = "def shared(n):\n    return max(1, n)\n\n" + cell["source"]
    for name in NAMES[:3]:
        answer = book["cells"][position(book, name)]
        answer["source"] = (
            answer["source"].replace("= layers", "= layers").replace("max(1, channels", "shared(channels")
        )


@notebook("helper redefined for a later answer")
def _(book):
    for name, value in (("se_block", 1), ("efficientnet_se", "'one'")):
        put(book, name, f"def least():\n    return {value}")
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace("max(1, ", "max(least(), ")


@notebook("answer uses a helper for layers")
def _(book):
    put(book, "se_block", "def gates_of_mine(units, n):\n    return layers.Conv2D(n, 1, activation='sigmoid')(units)")
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace(
        'layers.Conv2D(channels, 1, activation="sigmoid")(gates)', "gates_of_mine(gates, channels)"
    )


@notebook("given cell with a helper added")
def _(book):
    given = next(each for each in book["cells"] if "def autoencoder_block" in each["source"])
    given["source"] += "\n\ndef named(name):\n    return f'{name}_attention'"
    answer = book["cells"][position(book, "attention_block")]
    answer["source"] = answer["source"].replace('f"{name}_attention"', "named(name)")


@notebook("everything deleted and imported again")
def _(book):
    again = """
        %reset -f
        from autograder import check, hint, progress, your_turn
        import keras
        import numpy as np
        from keras import layers, ops
    """
    put(book, "se_block", dedent(again))
    answer = book["cells"][position(book, "attention_block")]
    source = book["cells"][position(book, "channel_attention")]["source"]
    answer["source"] = source + "\n\n" + answer["source"]


@notebook("everything deleted", costs=True)
def _(book):
    put(book, "check_mobilenet_se", "%reset -f")


@notebook("imports deleted", costs=True)
def _(book):
    put(book, "check_se_block", "del layers")


@notebook("half precision", costs=True)
def _(book):
    put(book, "se_block", "keras.config.set_floatx('float16')")


@notebook("drawing replaced")
def _(book):
    put(book, "se_block", "plt.show = plt.imshow = lambda *a, **k: None\nimport matplotlib\nmatplotlib.use('Agg')")


@notebook("warnings are errors")
def _(book):
    put(book, "se_block", "import warnings\nwarnings.simplefilter('error')")


@notebook("Korean notebook, answers in Korean")
def _(book):
    korean = json.loads(submission(MASTERS[LESSON], "ko", RIGHT[LESSON]))
    for each in korean["cells"]:
        each["source"] = "".join(each["source"])
    book.clear()
    book.update(korean)


@notebook("stub run first, then the answer above it", as_run=True)
def _(book):
    for name in NAMES:
        at = position(book, name)
        source = book["cells"][at]["source"]
        book["cells"][at] |= {"source": stub(name), "run": at - 1}
        book["cells"].insert(at, extra(source) | {"run": at})


@notebook("answer below the check, run before it", as_run=True)
def _(book):
    for name in NAMES:
        at = position(book, name)
        source = book["cells"][at]["source"]
        book["cells"][at]["source"] = stub(name)
        book["cells"].insert(position(book, f"check_{name}") + 1, extra(source) | {"run": at + 0.5})


@notebook("notebook reversed, run from below", as_run=True)
def _(book):
    for number, each in enumerate(book["cells"]):
        each["run"] = number
    book["cells"].reverse()


@notebook("function of an experiment used", experiment="def parameters(")
def _(book):
    answer = book["cells"][position(book, "efficientnet_se")]
    answer["source"] = 'print(parameters(channel_attention, 16, "mine"))\n' + answer["source"]


@notebook("helper written into an experiment", experiment="def parameters(")
def _(book):
    cell = next(each for each in book["cells"] if "def parameters(" in each["source"])
    cell["source"] += "\n\nLEAST = 1\n\ndef at_least(n):\n    return max(LEAST, n)"
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace("max(1, ", "at_least(")


@notebook("answer written into an experiment", experiment="def parameters(")
def _(book):
    cell = next(each for each in book["cells"] if "def parameters(" in each["source"])
    cell["source"] += "\n\n" + take_out(book, "se_block")["source"]


def experiment_with(book: dict, text: str) -> dict:
    """The experiment with this text in it."""
    return next(each for each in book["cells"] if text in each["source"] and "experiment" in each["metadata"]["tags"])


@notebook("what an answer uses was computed in an experiment", experiment="def parameters(")
def _(book):
    experiment_with(book, "def parameters(")["source"] += (
        '\nONE = int("1")\nLEAST = min(ONE, 3)\nif LEAST:\n    def at_least(): return LEAST'
    )
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace("max(1, ", "max(at_least(), ")


@notebook("what a helper uses was computed in an experiment", experiment="def parameters(")
def _(book):
    experiment_with(book, "def parameters(")["source"] += '\nLEAST = {str(i): i for i in range(3)}["1"]'
    put(book, "se_block", "def at_least(n):\n    return max(LEAST, n)")
    answer = book["cells"][position(book, "se_block")]
    answer["source"] = answer["source"].replace("max(1, ", "at_least(")


@notebook("names of Python's own taken", costs=True)
def _(book):
    put(book, "se_block", "max = 7\nlen = 5\nlist = [1]\nprint = 3")


# --- trying them


def opened(lesson: str) -> dict:
    """A right submission, each cell's source in one piece."""
    book = json.loads(_submission(lesson))
    for each in book["cells"]:
        each["source"] = "".join(each["source"])
    return book


@cache
def _submission(lesson: str) -> str:
    return submission(MASTERS[lesson], "en", RIGHT[lesson])


def experiments(lesson: str) -> list[str]:
    """The sources of a lesson's experiments, in every language."""
    return [
        each["source"]
        for language in LANGUAGES
        for each in json.loads(submission(MASTERS[lesson], language, RIGHT[lesson]))["cells"]
        if "experiment" in each["metadata"].get("tags", [])
    ]


def costs(name: str) -> bool:
    """Whether a habit costs points in the notebook."""
    return (CELLS.get(name) or NOTEBOOKS[name]).costs


@dataclass(frozen=True)
class Trial:
    """A submission: which exercises show which habits, and how a kernel is to run it."""

    lesson: str
    book: dict
    habits: dict[str, str]
    as_run: bool = False
    experiment: str = ""


def trials() -> Iterator[Trial]:
    """Every habit in some notebook."""
    left = dict(CELLS)
    while left:
        book, shown = opened(LESSON), {}
        for slot in SLOTS:
            # What costs points in the first exercise would cost some in the last one, too.
            fits = [
                name for name, habit in left.items() if slot in habit.slots and not (habit.costs and slot == SLOTS[-1])
            ] or [name for name, habit in left.items() if habit.slots == (slot,)]
            if not fits:
                continue
            name = min(fits, key=lambda each: len(left[each].slots))
            at = position(book, slot)
            cells = left.pop(name).change(book["cells"][at]["source"], slot)
            cells = [Answer(cells)] if isinstance(cells, str) else cells
            book["cells"][at : at + 1] = [
                book["cells"][at] | {"source": str(text), "id": slot if number == 0 else f"{slot}-{number}"}
                if isinstance(text, Answer)
                else extra(text)
                for number, text in enumerate(cells)
            ]
            shown[slot] = name
        yield Trial(LESSON, book, shown)
    for name, habit in NOTEBOOKS.items():
        book = opened(habit.lesson)
        habit.change(book)
        shown = dict.fromkeys(LESSONS[habit.lesson], name)
        yield Trial(habit.lesson, book, shown, habit.as_run, habit.experiment)
