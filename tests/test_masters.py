"""Masters with an error are refused with the file, the line and what to do."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.lessons.master import LESSONS_FOLDER, MasterError, read_master
from autograder.lessons.notebooks import as_text, instructor_notebook
from curriculum.exercises import LESSONS, load

GOOD = '''\
# %% [markdown] lang="en"
# # Start here

# %% [markdown] lang="ko"
# # 여기서 시작합니다

# %%
from autograder import check

# %% solution="double"
def double(x):
    """Return twice every value.

    ko: 모든 값을 두 배로 만듭니다.
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=2
check(double)

# %% experiment
# A picture, and
# what it shows.
# ko: 그림 하나
numbers = {"odd": 1, "even": 2}  # by name
# ko: # 이름마다
print(f"{numbers['odd']} is odd, {len(numbers)} numbers")
# ko: print(f"숫자 {len(numbers)}개 가운데 {numbers['odd']}은 홀수")
print("ReLU(x)", numbers["even"], "even numbers")
# ko: =
'''

HEADS = ("**After this lesson**", "**이 레슨을 마치면**")  # how the cell with objectives and prerequisites begins

DOCSTRING = '''\
    """Return twice every value.

    ko: 모든 값을 두 배로 만듭니다.
    """
'''


def master(folder: Path, text: str):
    (folder / "0_start_here.py").write_text(text, "utf-8")
    read_master.cache_clear()
    return read_master("0-start-here", folder)


def test_a_good_master_is_read(tmp_path):
    cells = master(tmp_path, GOOD).cells
    assert [cell.line for cell in cells] == [1, 4, 7, 10, 20, 23]
    assert cells[3].solution == cells[4].check == "double"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('# %% [markdown] lang="ko"\n# # 여기서 시작합니다\n', "", 1, "no translation"),
        ('# %% [markdown] lang="en"\n# # Start here\n', "", 2, "without its English one"),
        ('[markdown] lang="en"', "[markdown]", 1, 'needs lang="en" or lang="ko"'),
        ('[markdown] lang="en"', '[markdown] lang="fr"', 1, 'needs lang="en" or lang="ko"'),
        ('solution="double"', 'solution="doubel"', 10, "unknown exercise 'doubel'"),
        ('solution="double"', 'answer="double"', 10, "unknown mark 'answer'"),
        ("# %%\nfrom", "# %% experimant\nfrom", 7, "unknown mark 'experimant'"),
        ("    ### END SOLUTION\n", "", 10, "without '### END SOLUTION'"),
        ("    ### BEGIN SOLUTION\n", "", 17, "unmatched '### END SOLUTION'"),
        ("    ### BEGIN SOLUTION\n", "    ### BEGIN SOLUTION\n" * 2, 17, "unmatched '### BEGIN SOLUTION'"),
        (
            "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n",
            "    return 2 * x\n",
            10,
            "get the answer",
        ),
        ("def double(x)", "def twice(x)", 10, "does not define a function 'double'"),
        (DOCSTRING, "", 10, "'double' has no docstring"),
        ("    return 2 * x\n", "", 10, "write the reference there"),
        (" points=2", "", 20, "write points=2"),
        (" points=2", " points=3", 20, "write points=2"),
        ("\ncheck(double)", "\ncheck(double); print()", 20, "holds one call"),
        (
            '# %% check="double" points=2\ncheck(double)\n',
            "",
            1,
            "no check cell for ['double']: write `# %% check=\"double\"`",
        ),
        ('check="double"', 'check="treble"', 20, "before a solution cell of that name"),
        ("import check\n", "import check\n### BEGIN SOLUTION\n", 9, "outside a cell marked"),
        ("import check\n", 'import check\n\n# %% given="resnet"\n', 10, "not an exercise of an earlier lesson"),
        ("import check\n", "import check\n" + "x = 1\n" * 30, 7, "31 lines of code"),
        ("# %% [markdown]", "x = 1\n# %% [markdown]", 1, "before the first"),
        ('solution="double"', 'solution="double" check="double"', 10, "only one of"),
        (
            "check(double)\n",
            'check(double)\n\n# %% check="double" points=2\ncheck(double)\n',
            23,
            "first is in line 20",
        ),
        ("\n    ko: 모든 값을 두 배로 만듭니다.\n", "", 12, "this docstring has no 'ko': add a line `ko:` in it"),
        ("# ko: 그림 하나\n", "", 24, "this comment has no 'ko': add a line `# ko: …` under it"),
        ("# ko: # 이름마다\n", "", 27, "this comment has no 'ko'"),
        ("# ko: =\n", "", 31, "this text has no 'ko'"),
        ("숫자 {len(numbers)}개 가운데 ", "", 30, "differs from the original in more than its texts"),
        ("numbers['odd']}은", "numbers['odd'] + 1}은", 30, "differs from the original in more than its texts"),
        ('}은 홀수")', "}은 홀수", 30, "differs from the original in more than its texts"),
        ("import check\n", "import check\n# ko: import hint\n", 9, "differs from the original in more than its texts"),
        ("    return 2 * x\n", "    return 2 * x\n    # ko: return 3 * x\n", 18, "differs from the original"),
        ("# A picture, and\n", "# ko: 그림\n# A picture, and\n", 24, "has nothing above it that it translates"),
    ],
)
def test_an_error_is_named_with_its_line(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(MasterError) as error:
        master(tmp_path, GOOD.replace(old, new, 1))
    text = str(error.value)
    assert f"0_start_here.py:{line}: " in text
    assert words in text


def test_each_notebook_has_its_own_language(tmp_path):
    """Comments, docstrings and strings change places; what has no words, or is marked to read the same, stays."""
    cells = master(tmp_path, GOOD).cells
    assert (
        cells[3].source
        == '''\
def double(x):
    """Return twice every value."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''
    )
    assert cells[3].in_language("ko") == cells[3].source.replace(
        "Return twice every value", "모든 값을 두 배로 만듭니다"
    )
    assert (
        cells[5].source
        == """\
# A picture, and
# what it shows.
numbers = {"odd": 1, "even": 2}  # by name
print(f"{numbers['odd']} is odd, {len(numbers)} numbers")
print("ReLU(x)", numbers["even"], "even numbers")"""
    )
    assert (
        cells[5].in_language("ko")
        == """\
# 그림 하나
numbers = {"odd": 1, "even": 2}  # 이름마다
print(f"숫자 {len(numbers)}개 가운데 {numbers['odd']}은 홀수")
print("ReLU(x)", numbers["even"], "even numbers")"""
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_translated_notebook_says_its_language_where_it_begins(lesson):
    cells = [cell for cell in read_master(lesson).cells if cell.kind == "code"]
    for language, arguments in (("en", f'"{lesson}"'), ("ko", f'"{lesson}", "ko"')):
        assert "\n".join(cell.in_language(language) for cell in cells).count(f"start({arguments})\n") == 1


def test_translations_change_no_id(tmp_path):
    """Work on a lesson is not lost when a translation is mended."""
    before = [cell.id for cell in master(tmp_path, GOOD).cells]
    assert [cell.id for cell in master(tmp_path, GOOD.replace("그림 하나", "그림 두 개")).cells] == before


def test_a_block_is_given_once(tmp_path):
    """Two given cells with one block would be two cells of one name, or one block of two names."""
    text = (LESSONS_FOLDER / "5_eca.py").read_text("utf-8")
    for given in ("channel_attention", "se_block channel_attention"):
        path = tmp_path / given.split()[0] / "5_eca.py"
        path.parent.mkdir()
        path.write_text(f'{text}\n# %% given="{given}"\n', "utf-8")
        with pytest.raises(MasterError, match=r"5_eca\.py:\d+: a second cell 'given_channel_attention'.* in line \d+"):
            read_master("5-eca", path.parent)


def test_a_name_that_no_notebook_takes_is_refused(tmp_path, monkeypatch):
    name = "doppelt_" + "so_" * 20
    monkeypatch.setitem(LESSONS, "0-start-here", (name,))
    monkeypatch.setattr("autograder.lessons.master.load", lambda _: SimpleNamespace(total=2))
    with pytest.raises(MasterError, match=r"0_start_here\.py:10: the cell's id would be .* at most 64"):
        master(tmp_path, GOOD.replace("double", name))


def test_ids_do_not_depend_on_where_a_cell_stands(tmp_path):
    before = [cell.id for cell in master(tmp_path, GOOD).cells]
    assert before[0] == before[1] and len(set(before)) == len(before) - 1 == 5
    new = '# %% [markdown] lang="en"\n# # New\n\n# %% [markdown] lang="ko"\n# # 새로운 셀\n\n'
    assert [cell.id for cell in master(tmp_path, new + GOOD).cells][2:] == before
    twice = [cell.id for cell in master(tmp_path, new + new + GOOD).cells]
    assert twice[2] == f"{twice[0]}-2" and twice[4:] == before
    for lesson in LESSONS:
        ids = [cell.id for cell in read_master(lesson).cells if cell.lang != "ko"]
        assert len(set(ids)) == len(ids)


def test_a_missing_master_is_named(tmp_path):
    with pytest.raises(MasterError, match=r"1_autoencoder\.py"):
        read_master("1-autoencoder", tmp_path)


def undefined(folder: Path) -> str:
    """What the linter says about names that no cell of the notebooks in a folder defines."""
    ruff = Path(sys.executable).parent / "ruff"
    command = [ruff, "check", "--isolated", "--select", "F821", "--output-format", "concise", folder]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_a_lesson_has_every_name_that_its_cells_and_the_blocks_it_is_given_use(tmp_path):
    for lesson in LESSONS:
        notebook = instructor_notebook(read_master(lesson), "en")
        (tmp_path / f"{lesson}.ipynb").write_text(as_text(notebook), "utf-8")
    assert undefined(tmp_path) == "All checks passed!\n"
    capstone = tmp_path / "12-capstone.ipynb"
    capstone.write_text(capstone.read_text("utf-8").replace('"import math\\n",', ""), "utf-8")
    assert "Undefined name `math`" in undefined(tmp_path)


def lessons_named(text: str) -> set[int]:
    """The numbers in a sentence such as "lessons 2 to 4 and 7"; all where it names all lessons before."""
    if re.search("all lessons before|앞의 레슨을 모두", text):
        return set(range(len(LESSONS) + 1))
    spans = re.findall(r"(\d+)(?: to |부터 )(\d+)", text)
    named = {number for first, last in spans for number in range(int(first), int(last) + 1)}
    return named | {int(number) for number in re.findall(r"\d+", text)}


@pytest.mark.parametrize("lesson", list(LESSONS)[1:])
def test_a_lesson_says_what_it_is_for_and_what_it_needs(lesson):
    """In three lines at its head, in every language; it names the lessons whose blocks it gives, and none after it."""
    cells = read_master(lesson).cells
    given = {int(load(name).lesson.partition("-")[0]) for cell in cells for name in cell.given}
    english, korean = (next(cell.source for cell in cells if cell.source.startswith(text)) for text in HEADS)
    assert (english.count("**You need**"), korean.count("**먼저**")) == (1, 1)
    needed = lessons_named(english.partition("**You need**")[2])
    assert given <= needed
    assert needed == lessons_named(korean.partition("**먼저**")[2])
    number = int(lesson.partition("-")[0])
    assert all(other < number for other in needed) or "all lessons before" in english
    assert max(len(text.splitlines()) for text in (english, korean)) <= 3
