"""Korean text keeps to the terms of docs/korean.md, whose tables are read here; little is English."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator

import pytest

from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum import messages
from curriculum.exercises import LESSONS
from tests.test_documents import read, rows
from tests.test_messages import sentences

CODE_OR_FORMULA = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<code>.*?</code>", re.DOTALL)
# In a table of Markdown, a bar inside a cell is written \|.
REFUSED = [
    (pattern.replace(r"\|", "|"), example, instead)
    for pattern, example, instead in re.findall(
        r"^\| `(.+)` \| (.+?) \| (.+) \|$", read("docs/korean.md"), re.MULTILINE
    )
]
# (Korean, English): the terms in bold, and the first word of what stands in their place in the English column.
IN_BRACKETS = [
    (korean.strip("*"), re.split("[ -]", english)[0])
    for row in rows(read("docs/korean.md").partition("\n## Terms\n")[2].partition("\n## ")[0])
    for english, term in zip(re.split("[,;:] ", row[0]), re.split("[,;:] ", row[1]), strict=False)
    for korean in re.findall(r"\*\*.+?\*\*", term)
]

# Two English words in a row, but for paths, calls and names with underscores.
ENGLISH = re.compile(r"(?<![\w./-])[A-Za-z]{2,} [A-Za-z]{2,}(?![\w/(=])")
ENGLISH_PROSE = re.compile(r"(?<![\w./-])[A-Za-z]{2,}[,:]? [a-z]{2,}(?![\w/(=])")
# The names under which results are shipped, which figures and reports translate, and a place in matplotlib's figures.
STAYS = (*messages.catalogue("en")["network"], "upper left")
NAMES = "Attend and Rectify|height, width"  # the second is the Korean tutorial's own word
READING = "더 읽을거리"  # names of people and papers follow
# What prose has as others wrote it: code, formulas, links' addresses, and what stands in brackets behind a Korean word.
AS_WRITTEN = re.compile(r"```python.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$]*\$|<code>.*?</code>|\([^()]*\)", re.DOTALL)


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


def prose(text: str) -> str:
    """A Korean cell without what may be English in it; drawings made of letters stay."""
    text = AS_WRITTEN.sub("", text.partition(READING)[0])
    return re.sub(r"\s+", " ", re.sub(NAMES, "", text))


@pytest.mark.parametrize("lesson", LESSONS)
def test_prose_is_not_english(lesson):
    cells = [cell for cell in read_master(lesson).cells if cell.lang == "ko"]
    found = [(cell.line, match[0]) for cell in cells for match in ENGLISH_PROSE.finditer(prose(cell.source))]
    assert not found
    english = [cell for cell in read_master(lesson).cells if cell.lang == "en"]
    assert sum(len(ENGLISH_PROSE.findall(prose(cell.source))) for cell in english) > 50


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_term_has_its_english_at_its_first_use(lesson):
    text = "\n".join(cell.source for cell in read_master(lesson).cells if cell.lang == "ko")
    text = words(text.partition(READING)[0])
    assert not [f"{text[: use.start()][-20:]}{use[0]}: write {term}({english})" for term, english, use in bare(text)]


def bare(text: str) -> Iterator[tuple[str, str, re.Match]]:
    """The terms whose first use in a text has no English in brackets: Korean, English, and where that is."""
    for term, english in IN_BRACKETS:
        use = re.search(rf"(?<![가-힣]){term}.{{0,80}}", text)
        if use and not re.match(rf"{term}[가-힣 *]{{0,6}}\([^)]*{english}", use[0], re.IGNORECASE):
            yield term, english, use


def test_a_term_without_its_english_is_found():
    assert ("병목", "bottleneck") in IN_BRACKETS and ("노름", "norm") in IN_BRACKETS and len(IN_BRACKETS) > 50
    text = "**병목**(bottleneck)과 스템, 병목. 시스템, 노름(norm), 기울기 소실(vanishing)"
    assert [term for term, _, _ in bare(text)] == ["스템", "기울기"]


def not_bold(text: str) -> Iterator[str]:
    """What is meant to be bold and is not.

    In CommonMark, asterisks behind a letter begin bold text only before a letter, and those before a letter end it only
    behind a letter. Korean particles follow without a space.
    """
    for paragraph in re.split(r"\n\s*\n|\n(?=[|-] )", CODE_OR_FORMULA.sub("`", text)):
        marks = [match.start() for match in re.finditer(r"\*\*", paragraph)]
        assert len(marks) % 2 == 0, paragraph
        for begin, end in zip(marks[::2], marks[1::2], strict=True):
            begins = re.match(r"\w\*\*[^\w\s]", paragraph[max(0, begin - 1) :])
            ends = re.match(r"[^\w\s]\*\*\w", paragraph[end - 1 :])
            if (begin and begins) or ends:
                yield paragraph[max(0, begin - 1) : end + 3]


@pytest.mark.parametrize("lesson", LESSONS)
def test_bold_text_is_bold(lesson):
    cells = [cell for cell in read_master(lesson).cells if cell.lang == "ko"]
    assert not [f"line {cell.line}: {found}" for cell in cells for found in not_bold(cell.source)]


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**병목**(bottleneck)을 씁니다.", True),
        ("**병목(bottleneck)**을 씁니다.", False),
        ("아니**거나** 채널, **왜 그럴까요?** 다음", True),
        ("이것이**`x`**입니다.", False),
    ],
)
def test_what_is_not_bold_is_found(text, bold):
    assert bold == (not list(not_bold(text)))


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


@pytest.mark.parametrize("document", ["README.ko.md", "solutions/TEACHING.ko.md"])
def test_the_documents_use_the_terms(document):
    assert not refused(read(document))


def korean_fields(entry: object) -> Iterator[str]:
    """The Korean texts of the exam, the summary card or the glossary."""
    for key, value in entry.items() if isinstance(entry, dict) else enumerate(entry):
        if isinstance(value, (dict, list)):
            yield from korean_fields(value)
        elif str(key).split("_")[0] == "ko":
            yield value


@pytest.mark.parametrize("handout", ["exam", "summary", "glossary"])
def test_the_handouts_use_the_terms_and_are_not_english(handout):
    texts = list(korean_fields(tomllib.loads(read(f"solutions/{handout}.toml"))))
    assert len(texts) > 10
    assert not [hit for text in texts for hit in refused(text)]
    assert not [text for text in texts if ENGLISH_PROSE.search(prose(text))]


@pytest.mark.parametrize(("pattern", "example", "instead"), REFUSED)
def test_a_refused_pattern_finds_its_example(pattern, example, instead):
    assert any(hit.endswith(f"write {instead}") for hit in refused(f"이 문장에는 {example}"))
    assert not re.search(pattern, instead)
    assert not refused(f"`{example}`")


def test_the_table_is_read_whole():
    table = read("docs/korean.md").partition("\n## Refused\n")[2].partition("\n## ")[0]
    assert len(REFUSED) == len(re.findall(r"^\| ", table, re.MULTILINE)) - 1  # the head of the table
    assert len(REFUSED) > 35
    assert len(refused("보통\n신경망의 가지는 침묵합니다.")) == 2
