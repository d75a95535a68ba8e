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
DOCUMENTS = ("README.xx.md", "solutions/TEACHING.xx.md")
PROGRAM = f"""
import json, sys
from autograder.authoring import handouts, lacking, launch
from autograder.lessons.files import notebooks
from curriculum.messages import say, set_language
from curriculum.paths import REPOSITORY
set_language("xx")
made = {{str(path.relative_to(REPOSITORY)): text for path, text in notebooks({LESSONS}).items()}}
pages = [handouts.exam_page("xx"), handouts.card_page("xx"), launch.launch_section("xx", "o/n"), *launch.readmes()]
json.dump([say("start.your_code"), made, pages, lacking.lacking()], sys.stdout)
"""
LACKING = "import json, sys; from autograder.authoring import lacking; json.dump(lacking.lacking(), sys.stdout)"


def with_xx(master: str) -> str:
    """A master whose Korean texts stand in it once more, as those of a language that writes xx for each word."""

    def twice(korean: re.Match) -> str:
        marked = re.sub(r'^( *# |.*lang="| +)ko(?=[:"])', r"\1xx", korean[0], flags=re.MULTILINE)
        return korean[0].rstrip("\n") + "\n" + re.sub("[가-힣]+", "xx", marked)

    cells = r'^# %% \[markdown\] lang="ko"[^\n]*$.*?(?=^# %%|\Z)'
    lines = r"(?:^ *# ko:[^\n]*\n?)+"
    docstrings = r'^ +ko:.*?(?=^ +""")'
    return re.sub("|".join((cells, lines, docstrings)), twice, master, flags=re.MULTILINE | re.DOTALL)


def run(root: Path, program: str = PROGRAM) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, text=True)


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
    for path in (root / "solutions" / f"{name}.toml" for name in ("exam", "summary", "glossary")):
        path.write_text(re.sub(r"(?m)^ko((?:_\w+)? = ).*$", r'\g<0>\nxx\1"xx"', path.read_text("utf-8")), "utf-8")
    for name in DOCUMENTS:
        (root / name).write_text((root / name.replace(".xx", ".ko")).read_text("utf-8"), "utf-8")
    return root


def test_its_notebooks_are_made_and_the_others_stay_as_they_are(root):
    done = run(root)
    assert done.returncode == 0, done.stderr
    said, made, pages, lacks = json.loads(done.stdout)
    assert said == "xx" and lacks == []
    assert all("xx" in page for page in pages[:2]) and "course/xx/" in pages[2] and DOCUMENTS[0] in pages
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


def test_all_that_it_lacks_is_told_at_once(root):
    """With its name alone, each file, sentence and field that has to be written; masters line by line."""
    changed = {
        MESSAGES / "xx" / "check.toml": (r"^next = .*\n", ""),
        MESSAGES / "xx" / "weights.toml": (r"(?s).*", None),
        Path("solutions", "exam.toml"): (r"^xx = .*\n", ""),
        Path("solutions", "summary.toml"): (r"^xx_when = .*\n", ""),
        Path("solutions", "glossary.toml"): (r"^xx_text = .*\n", ""),
        Path(DOCUMENTS[1]): (r"(?s).*", None),
        Path("solutions", "lessons", "0_start_here.py"): (r'^    xx:(?s:.*?)(?=^    """)', ""),
    }
    whole = {path: (root / path).read_text("utf-8") for path in changed}
    for path, (pattern, new) in changed.items():
        if new is None:
            (root / path).unlink()
        else:
            (root / path).write_text(re.sub(f"(?m){pattern}", new, whole[path], count=1), "utf-8")
    done = run(root, LACKING)
    for path, text in whole.items():
        (root / path).write_text(text, "utf-8")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    wanted = [
        r"solutions/lessons/0_start_here\.py:\d+: .*'xx'.*",
        r"solutions/TEACHING\.xx\.md: is missing; write in it, in 'xx', what solutions/TEACHING\.md says",
        r"curriculum/messages/xx/check\.toml: lacks a sentence; write next as .*/en/check\.toml has it",
        r"curriculum/messages/xx/weights\.toml: is missing; write in it what .*/en/weights\.toml says",
        r'solutions/exam\.toml:\d+: is not translated; write xx = "…" beside it',
        r'solutions/summary\.toml:\d+: is not translated; write xx_when = "…" beside it',
        r'solutions/glossary\.toml:\d+: is not translated; write xx_text = "…" beside it',
    ]
    assert len(told) == len(wanted)
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(wanted, told, strict=True)), told
