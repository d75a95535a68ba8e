"""A check never speaks of an answer that stands in no cell any more: cells are run again, changed, in a shell."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.checking import notebook
from autograder.checking.runs import Runs

RIGHT = "def double(x):\n    y = 2 * x\n    return y"
WRONG = RIGHT.replace("2 * x", "x + 2")
BROKEN = RIGHT.replace("2 * x", "(2 * x")
RENAMED = RIGHT.replace("def double", "def doubled")
FAILING = f"1 / 0\n{RIGHT}"
CHECK = "check(double)"
PASSED, STALE = "✓ double", "✗ double: not checked, because what the notebook remembers is an earlier answer."


class Notebook:
    """A shell that cells are run in, with the ids of the cells or without."""

    def __init__(self, shell, capsys, *, ids):
        self.shell, self.capsys, self.ids = shell, capsys, ids

    def run(self, cell, source):
        """Run a cell. Returns: what it shows, also of an error."""
        self.capsys.readouterr()
        self.shell.run_cell(source, store_history=True, cell_id=cell if self.ids else None)
        return self.capsys.readouterr().out


@pytest.fixture
def notebooks(capsys, monkeypatch):
    """Makes notebooks, one after the other."""
    made = []

    def new(*, ids=True):
        for shell in made:
            shell.reset(new_session=False)
        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        made.append(shell)
        monkeypatch.setattr(notebook, "RUNS", Runs())
        monkeypatch.setattr(notebook, "_started", "")
        monkeypatch.setattr(notebook, "_last", notebook.Attempt("", 0))
        shell.events.register("post_run_cell", notebook.RUNS.note)
        opened = Notebook(shell, capsys, ids=ids)
        opened.run("first", "from autograder import check, hint, progress, start, your_turn\nimport numpy as np")
        return opened

    yield new
    InteractiveShell.clear_instance()


# Cells in the order in which they are run, by their names. The last run of a check tells.
OUT_OF_DATE = {
    "syntax error": [("a", RIGHT), ("check", CHECK), ("a", BROKEN), ("check", CHECK)],
    "syntax error before any check": [("a", RIGHT), ("a", BROKEN), ("check", CHECK)],
    "two runs with errors": [("a", RIGHT), ("a", BROKEN), ("a", BROKEN + ")"), ("a", BROKEN), ("check", CHECK)],
    "wrong, then a syntax error": [("a", WRONG), ("check", CHECK), ("a", BROKEN), ("check", CHECK)],
    "indentation": [("a", RIGHT), ("a", RIGHT.replace("    return", "  return")), ("check", CHECK)],
    "renamed": [("a", RIGHT), ("a", RENAMED), ("check", CHECK)],
    "renamed, checked under the name": [("a", RIGHT), ("a", RENAMED), ("check", 'check("double")')],
    "stopped before the answer": [("a", RIGHT), ("a", FAILING), ("check", CHECK)],
    "two answers, the later one broken": [("b", RIGHT), ("a", RIGHT + "  # a"), ("a", BROKEN), ("check", CHECK)],
}
ONLY_WITH_IDS = {
    "emptied": [("a", RIGHT), ("a", "# later"), ("check", CHECK)],
    "answer moved to a cell that was not run": [("a", RIGHT), ("a", "x = 1"), ("check", CHECK)],
    "answer moved and broken": [("a", RIGHT), ("b", BROKEN), ("a", "x = 1"), ("check", CHECK)],
    "helper broken": [
        ("h", "def two():\n    return 2"),
        ("a", RIGHT.replace("2 *", "two() *")),
        ("h", "def two(:\n    return 2"),
        ("check", CHECK),
    ],
    "constant renamed": [("h", "TWO = 2"), ("a", RIGHT.replace("2", "TWO")), ("h", "Two = 2"), ("check", CHECK)],
    "helper of a helper renamed": [
        ("h", "def two():\n    return 2"),
        ("g", "def times(x):\n    return two() * x"),
        ("a", RIGHT.replace("2 * x", "times(x)")),
        ("h", "def zwei():\n    return 2"),
        ("check", CHECK),
    ],
    "class renamed": [
        ("h", "class Two:\n    def __rmul__(self, x):\n        return 2 * x"),
        ("a", RIGHT.replace("2 * x", "x * Two()").replace("x * Two()", "Two().__rmul__(x)")),
        ("h", "class Zwei: pass"),
        ("check", CHECK),
    ],
    "decorator renamed": [
        ("h", "def plain(f):\n    return lambda x: inner(f, x)\ndef inner(f, x):\n    return f(x)"),
        ("a", "@plain\n" + RIGHT),
        ("h", "def plain(f):\n    return f"),
        ("check", CHECK),
    ],
    "imported in two cells, both of which were changed": [
        ("i", "import numpy as numbers"),
        ("j", "import numpy as numbers"),
        ("a", RIGHT.replace("2 * x", "numbers.multiply(2, x)")),
        ("j", "x = 1"),
        ("i", "x = 1"),
        ("check", CHECK),
    ],
    "under another name": [("a", RENAMED + "\ndouble = doubled"), ("a", BROKEN), ("check", "check(double)")],
    "its own function renamed": [("a", RENAMED), ("b", "double = doubled"), ("a", "def other(): pass"), ("c", CHECK)],
    "timed": [("a", "%%time\n" + RIGHT), ("a", "%%time\n" + BROKEN), ("check", CHECK)],
    "imports gone": [
        ("i", "import numpy as numbers"),
        ("a", RIGHT.replace("2 * x", "numbers.multiply(2, x)")),
        ("i", "import numpy as others"),
        ("check", CHECK),
    ],
}
UP_TO_DATE = {
    "run once": [("a", RIGHT), ("check", CHECK)],
    "mended": [("a", RIGHT), ("a", BROKEN), ("a", RIGHT), ("check", CHECK)],
    "run again": [("a", RIGHT), ("a", RIGHT), ("check", CHECK), ("check", CHECK)],
    "another cell failed": [("a", RIGHT), ("b", "1 / 0"), ("b", "def f(:"), ("check", CHECK)],
    "another cell holds the answer now": [("a", RIGHT), ("b", RIGHT), ("a", BROKEN), ("b", RIGHT), ("check", CHECK)],
    "wrong attempt above, mended below": [("a", WRONG), ("b", RIGHT), ("check", CHECK)],
    "stopped behind the answer": [("a", RIGHT), ("a", f"{RIGHT}\n1 / 0"), ("check", CHECK)],
    "ends with a failing test, twice": [("a", f"{RIGHT}\nassert False"), ("a", f"{RIGHT}\nassert False"), ("c", CHECK)],
    "imports again and stops behind them": [
        ("i", "import numpy as numbers"),
        ("a", RIGHT.replace("2 * x", "numbers.multiply(2, x)")),
        ("i", "import numpy as numbers\nimport no_such_package"),
        ("check", CHECK),
    ],
    "answer and check in one cell": [("a", f"{RIGHT}\n{CHECK}"), ("a", f"{WRONG}\n1 / 0"), ("a", f"{RIGHT}\n{CHECK}")],
    "check in the cell of a former answer": [("a", RIGHT), ("b", RIGHT), ("a", CHECK)],
    "another name, bound again": [("a", RENAMED), ("b", "double = doubled"), ("b", "double = doubled"), ("c", CHECK)],
    "helper that is not used renamed": [("h", "def two():\n    return 2"), ("a", RIGHT), ("h", "x = 1"), ("c", CHECK)],
    "imported in two cells, one of which was changed": [
        ("i", "import numpy as numbers"),
        ("j", "import numpy as numbers"),
        ("a", RIGHT.replace("2 * x", "numbers.multiply(2, x)")),
        ("j", "x = 1"),
        ("check", CHECK),
    ],
    "bound to the same in two cells, both of which were changed": [
        ("a", RENAMED),
        ("b", "double = doubled"),
        ("c", "double = doubled"),
        ("c", "x = 1"),
        ("b", "double = doubled  # again"),
        ("check", CHECK),
    ],
    "attribute called like a name": [
        ("h", "multiply = 1"),
        ("a", RIGHT.replace("2 * x", "np.multiply(2, x)")),
        ("h", "x = 1"),
        ("check", CHECK),
    ],
    "counter": [
        ("a", "calls = 0\n" + RIGHT.replace("    y", "    global calls\n    calls += 1\n    y")),
        ("check", CHECK),
        ("check", f"{CHECK}  # again"),
    ],
    "deleted and defined again": [("a", RIGHT), ("a", "del double"), ("a", RIGHT), ("check", CHECK)],
    "made by exec": [("a", f"exec({RIGHT!r})"), ("a", "1 / 0"), ("check", CHECK)],
}
# Without ids a broken copy of the answer cannot be told from its own cell.
UP_TO_DATE_WITH_IDS = {
    "all deleted": [
        ("a", RIGHT),
        ("b", "%reset -f"),
        ("b", f"from autograder import check\n{RIGHT}"),
        ("a", BROKEN),
        ("check", CHECK),
    ],
    "an attempt in another cell was broken": [("a", RIGHT), ("b", "def double(x:\n    ret"), ("check", CHECK)],
    "a copy that was broken": [("a", RIGHT), ("b", BROKEN), ("check", CHECK)],
    "a copy that was renamed": [("a", RIGHT), ("b", RENAMED), ("check", CHECK)],
}


@pytest.mark.parametrize("name", OUT_OF_DATE | ONLY_WITH_IDS)
def test_an_answer_that_its_cell_does_not_define_any_more_is_not_checked(notebooks, name):
    opened = notebooks()
    said = [opened.run(*each) for each in (OUT_OF_DATE | ONLY_WITH_IDS)[name]][-1]
    assert said.startswith(STALE) and "earlier run" in said and "Likely mistake" not in said
    assert len(said.splitlines()) <= 6


@pytest.mark.parametrize("name", OUT_OF_DATE)
def test_a_cell_that_was_changed_is_known_by_its_text_where_it_has_no_id(notebooks, name):
    opened = notebooks(ids=False)
    assert [opened.run(*each) for each in OUT_OF_DATE[name]][-1].startswith(STALE)


SHORT = "def double(x):\n    return 2 * x"
LOOP = "{}\n    result = []\n    for value in x:\n        result.append({}\n    return result"
UNREADABLE = [
    *(SHORT.replace("(x):", brackets) for brackets in ("(x)", "x):", "(x:", "(x));", "(x);")),
    *(SHORT.replace("2 * x", result) for result in ("(2 * x", "2 * x)", "2 * * x", "2x", "'2 * x", "= 2 * x")),
    SHORT.replace("\n    ", "\n"),
    SHORT.replace("return", "retrun"),
    *(SHORT.replace("def ", word) for word in ("df ", "Def ", "define ", "def", "function ")),
    SHORT.replace("double", "doubel").replace("2 * x", "2x"),
    LOOP.format("def double(x):", "2 * value"),
    LOOP.format("df double(x):", "2 * value)"),
]


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("source", UNREADABLE)
def test_an_answer_that_python_cannot_read_is_not_the_one_before(notebooks, source, ids):
    opened = notebooks(ids=ids)
    assert "no double yet" in [opened.run(*each) for each in (("a", source), ("check", 'check("double")'))][-1]
    said = [opened.run(*each) for each in (("a", SHORT), ("a", source), ("check", CHECK))][-1]
    assert said.startswith(STALE) and "Error: " in said
    assert [opened.run(*each) for each in (("a", SHORT), ("check", CHECK))][-1].startswith(PASSED)


@pytest.mark.parametrize(
    "source", ["print(double(3)", "check(double", "def preprocess(images:\n    ret", "double(2x)", "default x"]
)
def test_a_cell_that_only_uses_the_answer_is_not_its_own(notebooks, source):
    opened = notebooks(ids=False)
    assert [opened.run(*each) for each in (("a", SHORT), ("b", source), ("check", CHECK))][-1].startswith(PASSED)


@pytest.mark.parametrize("value", ["3", "'three'", "None", "[3]", "0"])
def test_a_name_that_stands_for_something_else_is_told(notebooks, value):
    opened = notebooks()
    said = [opened.run(*each) for each in (("a", RIGHT), ("b", f"double = {value}"), ("check", "check(\n double,\n)"))][
        -1
    ]
    assert said.startswith("double is not a function here")


def test_what_an_answer_has_given_is_no_lesson(notebooks):
    opened = notebooks()
    opened.run("a", RIGHT)
    assert "not what it returns" in opened.run("check", "check(double(3))")
    assert "lesson 6-cbam" in opened.run("check", "check(6)")
    assert "lesson 6-cbam" in opened.run("check", "number = 6\ncheck(number)")
    assert opened.run("check", "check(str('double'))").startswith(PASSED)


@pytest.mark.parametrize("name", UP_TO_DATE | UP_TO_DATE_WITH_IDS)
def test_several_attempts_and_other_cells_are_no_matter(notebooks, name):
    opened = notebooks()
    assert [opened.run(*each) for each in (UP_TO_DATE | UP_TO_DATE_WITH_IDS)[name]][-1].startswith(PASSED)


@pytest.mark.parametrize("name", UP_TO_DATE)
def test_nor_are_they_where_cells_have_no_ids(notebooks, name):
    opened = notebooks(ids=False)
    assert [opened.run(*each) for each in UP_TO_DATE[name]][-1].startswith(PASSED)


def test_the_error_and_its_line_are_told(notebooks):
    opened = notebooks()
    opened.run("a", RIGHT)
    opened.run("a", BROKEN)
    said = opened.run("check", CHECK)
    assert "SyntaxError: '(' was never closed" in said and "In your code: y = (2 * x" in said
    opened.run("a", FAILING)
    said = opened.run("check", CHECK)
    assert "ZeroDivisionError" in said and "In your code: 1 / 0" in said


@pytest.mark.parametrize("error", ["ValueError('')", "ValueError('\\n\\n')", "KeyboardInterrupt", "Odd()"])
def test_whatever_stops_a_cell_it_is_told(notebooks, error):
    opened = notebooks()
    opened.run("odd", "class Odd(ValueError):\n    def __str__(self):\n        raise ValueError\n")
    opened.run("a", RIGHT)
    assert "Error in callback" not in opened.run("a", f"error = {error}\nraise error\n{RIGHT}")
    said = opened.run("check", CHECK)
    assert said.startswith(STALE) and "In your code: raise " in said
    assert ("KeyboardInterrupt" if error == "KeyboardInterrupt" else "ValueError") in said


def test_nothing_is_counted_for_an_answer_that_is_gone(notebooks):
    opened = notebooks()
    for source in (RIGHT, BROKEN):
        opened.run("a", source)
    opened.run("check", CHECK)
    assert notebook.progress.read() == {}


def test_a_similar_answer_to_another_exercise_is_not_the_same_cell(notebooks):
    opened = notebooks(ids=False)
    opened.run("a", RIGHT)
    opened.run("b", RIGHT.replace("double", "preprocess"))
    assert opened.run("check", CHECK).startswith(PASSED)


@pytest.mark.parametrize("ids", [True, False])
def test_nothing_is_the_exercise_that_was_defined_or_asked_about_last(notebooks, ids):
    opened = notebooks(ids=ids)
    opened.run("a", RIGHT)
    assert opened.run("check", "check()").startswith(PASSED)
    opened.run("b", "def se_block(inputs, ratio=4):\n    your_turn('se_block')")
    assert opened.run("hint", "hint()").startswith("se_block, hint 1 of 3: ")
    opened.run("check", CHECK)
    assert opened.run("hint", "hint()").startswith("double, hint 1 of 3: ")
    opened.run("b", "def se_block(inputs, ratio=4):\n    your_turn('se_block')")
    assert opened.run("a", f"{RIGHT}\ncheck()").startswith(PASSED)
