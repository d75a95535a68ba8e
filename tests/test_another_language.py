"""A third language needs its name, its messages and its texts in the masters: no code of the course has to change."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from curriculum.paths import REPOSITORY
from tests.conftest import copied_repository

LESSONS = ("0-start-here", "3-channel-attention")
MESSAGES = Path("curriculum", "messages")
PROGRAM = f"""
import json, sys
from autograder.lessons.files import notebooks
from curriculum.messages import say, set_language
from curriculum.paths import REPOSITORY
set_language("xx")
made = {{str(path.relative_to(REPOSITORY)): text for path, text in notebooks({LESSONS}).items()}}
json.dump([say("start.your_code"), made], sys.stdout)
"""


def with_xx(master: str) -> str:
    """A master whose Korean texts stand in it once more, as those of a language that writes xx for each word."""

    def twice(korean: re.Match) -> str:
        marked = re.sub(r'^( *# |.*lang="| +)ko(?=[:"])', r"\1xx", korean[0], flags=re.MULTILINE)
        return korean[0].rstrip("\n") + "\n" + re.sub("[가-힣]+", "xx", marked)

    cells = r'^# %% \[markdown\] lang="ko"$.*?(?=^# %%|\Z)'
    lines = r"(?:^ *# ko:[^\n]*\n?)+"
    docstrings = r'^ +ko:.*?(?=^ +""")'
    return re.sub("|".join((cells, lines, docstrings)), twice, master, flags=re.MULTILINE | re.DOTALL)


def run(root: Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A course with a third language."""
    root = copied_repository(tmp_path_factory.mktemp("course"))
    (root / MESSAGES / "xx").mkdir()
    for path in (root / MESSAGES / "en").glob("*.toml"):
        (root / MESSAGES / "xx" / path.name).write_text(path.read_text("utf-8").replace('"your code"', '"xx"'), "utf-8")
    names = root / MESSAGES / "__init__.py"
    names.write_text(names.read_text("utf-8").replace('LANGUAGES = ("en", "ko")', 'LANGUAGES = ("en", "ko", "xx")'))
    for path in (root / "solutions" / "lessons").glob("*.py"):
        path.write_text(with_xx(path.read_text("utf-8")), "utf-8")
    return root


def test_its_notebooks_are_made_and_the_others_stay_as_they_are(root):
    done = run(root)
    assert done.returncode == 0, done.stderr
    said, made = json.loads(done.stdout)
    assert said == "xx"
    for lesson in LESSONS:
        name = f"{lesson.partition('-')[2].replace('-', '_')}.ipynb"
        for language in ("en", "ko"):
            path = Path("course", language, lesson, name)
            assert made[path.as_posix()] == (REPOSITORY / path).read_text("utf-8")
        new = json.loads(made[f"course/xx/{lesson}/{name}"])
        assert new["metadata"]["course"]["language"] == "xx"
        text = "\n".join("".join(cell["source"]) for cell in new["cells"])
        assert "    # xx\n" in text and '"""xx' in text and 'title="xx' in text
        assert not re.search("[가-힣]|# ko:|Multiplying keeps|Scale every channel", text)


@pytest.mark.parametrize("text", [r'^.*lang="xx".*\n', r"^ *# xx:.*\n", r'^    xx:(?s:.*?)(?=^    """)'])
def test_a_text_without_it_is_refused(root, text):
    path = root / "solutions" / "lessons" / "0_start_here.py"
    whole = path.read_text("utf-8")
    without, count = re.subn(f"(?m){text}", "", whole, count=1)
    assert count == 1
    path.write_text(without, "utf-8")
    done = run(root)
    path.write_text(whole, "utf-8")
    assert re.search(r"MasterError: .*0_start_here\.py:\d+: .*'xx'", done.stderr)
