"""What readers need who do not see the page, or not its colours: checked in every notebook and in the READMEs."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from curriculum.paths import REPOSITORY

PAGES = [
    *sorted(str(path.relative_to(REPOSITORY)) for path in REPOSITORY.glob("course/*/*/*.ipynb")),
    *(
        "README.md",
        "README.ko.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/ARCHITECTURE.md",
        "tests/README.md",
        "solutions/TEACHING.md",
        "autograder/grading/README.md",
        "coursekit/live/README.md",
    ),
]
# Of a list of links, which is how they are read out, none of these says where it goes.
SAYS_NOTHING = re.compile(
    r"(click )?(here|this|link|this (link|page|paper))|(여기|이곳|링크|이 (링크|글|논문))(를 클릭)?|https?://.*", re.I
)
FILE_NAME = re.compile(r"[\w/-]+\.(png|jpe?g|svg|gif)", re.I)
COLOUR = "red|green|blue|orange|gr[ae]y|yellow|purple|violet|brown|pink"
COLOUR_KO = "빨간|붉은|초록|녹색|파란|푸른|주황|회색|노란|보라|갈색|분홍"
# "the grey bar" can be found by nobody who does not see grey; "the last bar, in grey" can.
BY_COLOUR_ALONE = re.compile(
    rf"\b({COLOUR}) (bar|line|dot|curve|band|point|row|column|cell|arrow)s?\b"
    rf"|({COLOUR_KO})(색)? ?(막대|선|점|곡선|띠|줄|행|열|화살표)",
    re.IGNORECASE,
)


@cache
def tree(page: str) -> SyntaxTreeNode:
    """The page's Markdown; of a notebook, all its text cells one after the other."""
    path = REPOSITORY / page
    text = path.read_text("utf-8") if path.suffix == ".md" else "\n\n".join(_text_cells(path))
    return SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))


def _text_cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]


def found(page: str, kind: str) -> list[SyntaxTreeNode]:
    return [node for node in tree(page).walk() if node.type == kind]


def words(node: SyntaxTreeNode) -> str:
    """The text in a node, a picture standing for its alternative text."""
    return " ".join(child.content for child in node.walk() if child.type in ("text", "code_inline")).strip()


def html(page: str) -> str:
    return "\n".join(node.content for kind in ("html_block", "html_inline") for node in found(page, kind))


@pytest.mark.parametrize("page", PAGES)
def test_headings_are_an_outline(page):
    """One title, at the top, and below every heading only the next level: screen readers jump from one to the next."""
    levels = [int(node.tag[1]) for node in found(page, "heading")]
    assert levels[:1] == [1] and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert all(words(node) for node in found(page, "heading"))
    assert not re.search(r"<h[1-6]", html(page))


@pytest.mark.parametrize("page", PAGES)
def test_pictures_have_alternative_text(page):
    texts = [words(node) for node in found(page, "image")]
    texts += [re.sub(r'.*alt="([^"]*)".*|.*', r"\1", tag) for tag in re.findall(r"<img[^>]*>", html(page))]
    assert not [text for text in texts if len(text.split()) < 3 or FILE_NAME.fullmatch(text)]


@pytest.mark.parametrize("page", PAGES)
def test_links_say_where_they_go(page):
    texts = [words(node) for node in found(page, "link")]
    assert not [text for text in texts if not text or SAYS_NOTHING.fullmatch(text)]
    assert "<a " not in html(page)


@pytest.mark.parametrize("page", PAGES)
def test_every_column_of_a_table_has_a_name(page):
    assert all(words(node) for node in found(page, "th"))
    assert "<table" not in html(page)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_told_by_colour_alone(page):
    prose = "\n".join(words(node) for node in found(page, "inline"))
    assert not BY_COLOUR_ALONE.findall(prose)


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".ipynb")])
def test_folded_answers_have_a_summary(page):
    text = html(page)
    assert text.count("<details>") == text.count("<summary>") == text.count("</details>")


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".ipynb")])
def test_summaries_have_no_markdown(page):
    summaries = re.findall("<summary>(.*?)</summary>", html(page), re.DOTALL)
    assert not [summary for summary in summaries if "`" in summary]  # shown as it is: code is <code> there


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("# A\n\n### B", test_headings_are_an_outline),
        ("## A", test_headings_are_an_outline),
        ("# A\n\n# B", test_headings_are_an_outline),
        ("![](a.png)", test_pictures_have_alternative_text),
        ("![a/b.png](a/b.png)", test_pictures_have_alternative_text),
        ('<img src="a.png">', test_pictures_have_alternative_text),
        ("[here](https://example.org)", test_links_say_where_they_go),
        ("[여기](https://example.org)", test_links_say_where_they_go),
        ("[](https://example.org)", test_links_say_where_they_go),
        ("|  | b |\n|---|---|\n| 1 | 2 |", test_every_column_of_a_table_has_a_name),
        ("Look at the *grey bar*.", test_nothing_is_told_by_colour_alone),
        ("회색 막대를 보세요.", test_nothing_is_told_by_colour_alone),
        ("<details>no summary</details>", test_folded_answers_have_a_summary),
        ("<details><summary>Why `x`?</summary>", test_summaries_have_no_markdown),
    ],
)
def test_the_linter_finds_what_it_is_for(text, test, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    with pytest.raises(AssertionError):
        test(str(page))
