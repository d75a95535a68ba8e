"""Korean text keeps to the terms of docs/korean.md, whose table of refused patterns is read here; little is English."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum import messages
from curriculum.exercises import LESSONS
from curriculum.paths import REPOSITORY
from tests.test_documents import read
from tests.test_messages import sentences

CODE_OR_FORMULA = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<code>.*?</code>", re.DOTALL)
# In a table of Markdown, a bar inside a cell is written \|.
REFUSED = [
    (pattern.replace(r"\|", "|"), example, instead)
    for pattern, example, instead in re.findall(
        r"^\| `(.+)` \| (.+?) \| (.+) \|$", read("docs/korean.md"), re.MULTILINE
    )
]

# Two English words in a row, but for paths, calls and names with underscores.
ENGLISH = re.compile(r"(?<![\w./-])[A-Za-z]{2,} [A-Za-z]{2,}(?![\w/(=])")
# The names under which results are shipped, which figures and reports translate, and a place in matplotlib's figures.
STAYS = (*messages.catalogue("en")["network"], "upper left")


def words(text: str) -> str:
    """The text without its code and formulas, its lines joined, so that a pattern is found across a line's end."""
    return re.sub(r"\s+", " ", CODE_OR_FORMULA.sub("", text))


def refused(text: str) -> list[str]:
    """Every refused wording in a text, with what stands around it and what to write."""
    text = words(text)
    found = ((match, instead) for pattern, _, instead in REFUSED for match in re.finditer(pattern, text))
    return [f"{text[max(0, match.start() - 20) : match.end() + 20]!r}: write {instead}" for match, instead in found]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lessons_use_the_terms(lesson):
    cells = [cell for cell in read_master(lesson).cells if cell.lang == "ko"]
    assert cells
    assert not [f"line {cell.line}: {hit}" for cell in cells for hit in refused(cell.source)]


def texts_in(source: str) -> Iterator[str]:
    """The comments, docstrings and strings of a code cell."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("lesson", LESSONS)
def test_texts_in_code_use_the_terms_and_are_not_english(lesson):
    cells = [cell for cell in read_master(lesson).cells if cell.kind == "code"]
    texts = [(cell.line, text) for cell in cells for text in texts_in(solution_source(cell, "ko"))]
    assert any(re.search("[가-힣]", text) for _, text in texts)
    korean = [(line, text) for line, text in texts if re.search("[가-힣]", text)]
    assert not [f"line {line}: {hit}" for line, text in korean for hit in refused(text)]
    assert not [f"line {line}: {text!r}" for line, text in texts if text not in STAYS and ENGLISH.search(words(text))]


def test_english_in_code_is_found():
    """What is looked for above is there in the English notebooks."""
    cells = [cell for cell in read_master("3-channel-attention").cells if cell.kind == "code"]
    found = [text for cell in cells for text in texts_in(cell.source) if ENGLISH.search(words(text))]
    assert len(found) > 50


def test_the_messages_use_the_terms():
    said = sentences(messages.catalogue("ko"))
    assert not [f"{key}: {hit}" for key, text in said.items() for hit in refused(text)]


def test_the_readme_uses_the_terms():
    assert not refused((REPOSITORY / "README.ko.md").read_text("utf-8"))


@pytest.mark.parametrize(("pattern", "example", "instead"), REFUSED)
def test_a_refused_pattern_finds_its_example(pattern, example, instead):
    assert any(hit.endswith(f"write {instead}") for hit in refused(f"이 문장에는 {example}"))
    assert not re.search(pattern, instead)
    assert not refused(f"`{example}`")


def test_the_table_is_read_whole():
    table = read("docs/korean.md").partition("\n## Refused\n")[2].partition("\n## ")[0]
    assert len(REFUSED) == len(re.findall(r"^\| ", table, re.MULTILINE)) - 1  # the head of the table
    assert len(REFUSED) > 20
    assert len(refused("보통\n신경망의 가지는 침묵합니다.")) == 2
