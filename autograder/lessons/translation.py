"""What a reader reads inside code, in every language: side by side in a master, taken apart for each notebook.

A line `# ko: …` holds what a Korean notebook has in the place of what stands above it: of a comment its text, of code
the whole line, or, if it begins with `#`, the comment at that line's end. `# ko: =` says that the line reads the same.
In a docstring, a line that begins with `ko:` begins the Korean one. Other languages do the same under their own names.

`start("LESSON")` becomes `start("LESSON", "ko")`: a notebook itself says in which language it is answered, because not
everything that runs it tells the kernel what it is called. The original leaves that to the reader's surroundings.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from curriculum.messages import LANGUAGES

ORIGINAL, *TRANSLATIONS = LANGUAGES
SAME = "="
LABELS = ("label", "title", "xlabel", "ylabel")  # keywords of matplotlib and coursekit.plots whose strings are read
SENTENCE = re.compile(r"[A-Za-z]{2,},? +[A-Za-z]{2,}")
WORD = re.compile(r"[a-z]{3,}")
_NAMES = "|".join(TRANSLATIONS)
_LINE = re.compile(rf"( *)# ({_NAMES}): ?(.*)")
_SECTION = re.compile(rf" *({_NAMES}):(?: (.*))?")
_START = re.compile(r'^start\(("[\w-]+")\)$', re.MULTILINE)


class TranslationError(Exception):
    """A translation that cannot be used or is not there: the line of the cell's source, from 1, and what to do."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True)
class _Line:
    """A line of a notebook's cell, the line of the master's cell that it comes from, and what that is translated to."""

    text: str
    number: int
    translated: frozenset[str]


def in_each_language(source: str, *, strings: bool) -> dict[str, str]:
    """The source of a code cell in each language.

    Args:
        source: as it stands in the master.
        strings: whether strings may differ, and have to where a reader reads them. Otherwise nothing may but comments
            and docstrings: that is the rule for whatever answers can use.

    Raises: TranslationError if something lacks a translation, or if a translation is other code.
    """
    lines = _taken_apart(source)
    for language in TRANSLATIONS:
        _check_complete(lines[ORIGINAL], language, strings)
        _check_same_code(lines[ORIGINAL], lines[language], language, strings)
    return {language: _begun(_joined(of_language), language) for language, of_language in lines.items()}


def _begun(source: str, language: str) -> str:
    """The code of a cell; where it begins the lesson, with its language."""
    return source if language == ORIGINAL else _START.sub(rf'start(\1, "{language}")', source)


def _joined(lines: list[_Line]) -> str:
    return "\n".join(line.text for line in lines)


def _taken_apart(source: str) -> dict[str, list[_Line]]:
    """The lines of a cell in each language: each translation stands behind one or several lines that it replaces."""
    lines = source.split("\n")
    docstrings = {node.lineno: node for node in _docstrings(_parsed(source))}
    comments = dict(_comments(source))
    taken: dict[str, list[_Line]] = {language: [] for language in LANGUAGES}
    number = 1
    while number <= len(lines):
        first = number
        where: dict[str, int] = {}  # the first line of each translation
        if node := docstrings.get(first):
            number = (node.end_lineno or first) + 1
            told = _sections(lines[first - 1 : number - 1], node.col_offset)
        else:
            number += 1
            while _is_comment(lines[first - 1]) and number <= len(lines) and _is_comment(lines[number - 1]):
                number += 1
            told = {ORIGINAL: lines[first - 1 : number - 1]}
            if found := _LINE.fullmatch(lines[first - 1]):
                raise TranslationError(first, f"{found[0].strip()!r} has nothing above it that it translates")
            while number <= len(lines) and (found := _LINE.fullmatch(lines[number - 1])):
                where.setdefault(found[2], number)
                told.setdefault(found[2], []).append(found[1] + found[3])
                number += 1
            for language in told.keys() - {ORIGINAL}:
                told[language] = _in_place_of(told[ORIGINAL], told[language], comments.get(first))
        for language in LANGUAGES:
            for offset, text in enumerate(told.get(language, told[ORIGINAL])):
                place = min(where.get(language, first) + offset, number - 1)
                taken[language].append(_Line(text, place, frozenset(told)))
    return taken


def _is_comment(line: str) -> bool:
    """Whether a line is a comment, and neither a translation nor one of nbgrader's marks."""
    return line.lstrip().startswith("# ") and not _LINE.fullmatch(line)


def _in_place_of(originals: list[str], texts: list[str], comment: int | None) -> list[str]:
    """What stands in a translated notebook in the place of these lines; the first has its comment at this column."""
    if texts[0].strip() == SAME:
        return originals
    if _is_comment(originals[0]):
        return [re.sub(r"^( *)", r"\1# ", text) for text in texts]
    if texts[0].lstrip().startswith("#"):
        return [originals[0][:comment] + texts[0].lstrip()]
    return texts


def _sections(lines: list[str], indent: int) -> dict[str, list[str]]:
    """The docstring in each language that it has, with its quotes."""
    lines = [lines[0][indent + 3 :], *lines[1:]]
    lines[-1] = lines[-1].removesuffix('"""')
    sections: dict[str, list[str]] = {ORIGINAL: []}
    language = ORIGINAL
    for line in lines:
        if found := _SECTION.fullmatch(line):
            language, line = found[1], found[2] or ""
            sections[language] = []
        if line.strip() or sections[language]:
            sections[language].append(line.rstrip())
    return {language: _quoted(text, " " * indent) for language, text in sections.items()}


def _quoted(lines: list[str], indent: str) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    text = "\n".join(lines).lstrip()
    return f'{indent}"""{text}\n{indent}"""'.split("\n") if "\n" in text else [f'{indent}"""{text}"""']


def _check_complete(lines: list[_Line], language: str, strings: bool) -> None:
    """Raises: TranslationError for the first text without a translation."""
    source = _joined(lines)
    texts = [*_comments_to_read(source), *_docstrings_to_read(source), *(_strings_to_read(source) if strings else ())]
    for what, first, last in sorted(texts, key=lambda text: text[1]):
        if not any(language in line.translated for line in lines[first - 1 : last]):
            how = f"a line `{language}:` in it" if what == "docstring" else f"a line `# {language}: …` under it"
            problem = f"this {what} has no {language!r}: add {how}"
            raise TranslationError(lines[first - 1].number, problem)


Text = tuple[str, int, int]  # what it is, its first and its last line


def _comments_to_read(source: str) -> Iterator[Text]:
    lines = source.split("\n")
    for row, column in _comments(source):
        if _is_comment(lines[row - 1][column:]) and WORD.search(lines[row - 1], column):
            yield "comment", row, row


def _docstrings_to_read(source: str) -> Iterator[Text]:
    for node in _docstrings(_parsed(source)):
        yield _place("docstring", node)


def _strings_to_read(source: str) -> Iterator[Text]:
    """Labels and printed strings with a word, and all strings of several words but for those that look something up."""
    tree = _parsed(source)
    passed_over = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        labels: list[ast.expr] = []
        match node:
            case ast.Subscript(slice=key):
                passed_over.add(id(key))
            case ast.keyword(arg, value) if arg not in LABELS:
                passed_over.add(id(value))
            case ast.keyword(value=label):
                labels = [label]
            case ast.Call(ast.Name("print"), arguments):
                labels = arguments
            case ast.Constant(str(text)) if id(node) not in passed_over and SENTENCE.search(text):
                yield _place("text", node)
        yield from (_place("text", label) for label in labels if WORD.search(_fixed(label)))


def _place(what: str, node: ast.expr) -> Text:
    return what, node.lineno, node.end_lineno or node.lineno


def _fixed(label: ast.expr) -> str:
    """What is written out of a string, or of one that is put together; nothing of anything else."""
    parts = label.values if isinstance(label, ast.JoinedStr) else [label]
    return " ".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _check_same_code(original: list[_Line], translated: list[_Line], language: str, strings: bool) -> None:
    """Raises: TranslationError for the first statement of which a translation changes more than it may."""
    if _joined(original) == _joined(translated):
        return
    problem = f"the code for {language!r} differs from the original in more than its texts"
    try:
        ones, others = (ast.parse(_joined(lines)).body for lines in (original, translated))
    except SyntaxError as error:
        raise TranslationError(translated[(error.lineno or 1) - 1].number, f"{problem}: {error.msg}") from error
    for one, other in zip(ones, others, strict=False):
        if found := _difference(one, other, strings):
            span = translated[found.lineno - 1 : found.end_lineno]
            changed = (line.number for line in span if language in line.translated)
            raise TranslationError(next(changed, span[0].number), problem)
    if len(ones) != len(others):
        raise TranslationError(original[0].number, problem)


def _difference(one: ast.stmt, other: ast.stmt, strings: bool) -> ast.stmt | None:
    """The smallest statement of `other` that differs from that of `one`, if there is any."""
    if _without_texts(one, strings) == _without_texts(other, strings):
        return None
    docstrings = {id(docstring) for tree in (one, other) for docstring in _docstrings(tree)}
    mine, theirs = (
        [part for part in getattr(tree, "body", []) if id(getattr(part, "value", None)) not in docstrings]
        for tree in (one, other)
    )
    found = (_difference(part, same, strings) for part, same in zip(mine, theirs, strict=False))
    return next(filter(None, found), other)


def _without_texts(statement: ast.stmt, strings: bool) -> str:
    """A statement as far as it has to be the same in every language."""
    tree = ast.parse(ast.unparse(statement))
    for docstring in _docstrings(tree):
        docstring.value = ""
    return ast.dump(_WithoutStrings().visit(tree) if strings else tree)


class _WithoutStrings(ast.NodeTransformer):
    """Makes all strings equal. Of one that is put together is left what is put into it, in whatever order."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
        values = [self.visit(value) for value in parts if not isinstance(value, ast.Constant)]
        return ast.Tuple(sorted(values, key=ast.dump)) if values else ast.Constant("")


def _parsed(source: str) -> ast.Module:
    """The cell's code; of a cell that is not Python alone, because of an IPython magic, nothing."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """The docstrings of all functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            match node.body[0]:
                case ast.Expr(ast.Constant(str()) as docstring):
                    yield docstring


def _comments(source: str) -> Iterator[tuple[int, int]]:
    """Line and column of each comment."""
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.start
