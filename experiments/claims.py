"""Holds every number of the course's prose against its evidence, and writes which claim rests on what.

    python experiments/claims.py

Evidence is written in solutions/claims.toml, which explains itself; the list of all claims is claims.md.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click

from autograder.lessons.master import read_master
from coursekit.models.catalogue import papers
from curriculum.exercises import LESSONS
from curriculum.messages import catalogue
from curriculum.paths import REPOSITORY, solutions_folder
from experiments.evidence import evidence
from experiments.prose import Block, blocks, claims, not_in_original, plain, wrong_arithmetic

PAGE = Path(__file__).with_name("claims.md")
CLAIMS = solutions_folder() / "claims.toml"
DOCUMENTS = {"README": REPOSITORY / "README.md", "TEACHING": solutions_folder() / "TEACHING.md"}
HANDOUTS = ("exam", "summary")
PREDICTIONS = "predictions"  # what is told after an answer
KINDS = {
    "paper": "a table of a paper, in `data/papers.toml`",
    "equals": "measured results, counts, or arithmetic",
    "holds": "an expression over them that must be true",
    "test": "a test",
    "code": "code that the sentence describes",
    "source": "a source outside, or a trial that is described",
    "example": "none: the numbers of an example or a question",
}

HEAD = """\
# What every claim rests on

Made by `python experiments/claims.py` from [solutions/claims.toml](../solutions/claims.toml), which explains the
kinds of evidence. A claim is a piece of English prose with a number, or one that says how measured networks compare.
Arithmetic that stands in the text is worked out and not listed; formulas are not read."""


@dataclass(frozen=True)
class Claim:
    """A piece of a text that must be there once, with its evidence: the kind and what it needs."""

    says: str
    kinds: dict[str, Any]

    @property
    def kind(self) -> str:
        """Which of KINDS; "" if none."""
        return next((kind for kind in KINDS if kind in self.kinds), "")

    def shown(self) -> str:
        """The evidence as a cell of a Markdown table."""
        if self.kind == "paper":
            return str(papers()[self.kinds["paper"]]["source"])
        if self.kind == "example":
            return "an example"
        content = self.kinds[self.kind]
        parts = content if isinstance(content, list) else [content]
        if self.kind != "source":
            parts = [f"`{part}`" for part in parts]
        if "file" in self.kinds:
            parts.append(f"in `{self.kinds['file']}`")
        return ", ".join(parts).replace("|", "\\|")


@click.command()
def main() -> None:
    """Tell what lacks evidence; if nothing does, write the page."""
    wrong = [
        f"{name}: {problem}"
        for name, entries in read().items()
        for problem in [*problems(texts()[name], entries, code(name)), *mistranslated(name)]
    ]
    if wrong:
        raise click.ClickException("\n" + "\n".join(wrong))
    PAGE.write_text(page(), "utf-8")


@cache
def texts() -> dict[str, str]:
    """The English prose of every lesson and of the other texts that make claims, as Markdown."""
    found = {
        lesson: "\n\n".join(cell.source for cell in read_master(lesson).cells if cell.lang == "en")
        for lesson in LESSONS
    }
    for name in HANDOUTS:
        found[name] = _handout(name, "en")
    found[PREDICTIONS] = _predictions("en")
    return found | {name: path.read_text("utf-8") for name, path in DOCUMENTS.items()}


def code(name: str) -> str:
    """The code of a lesson, as it stands in the English notebook; of other texts, nothing."""
    return "\n".join(cell.source for cell in read_master(name).cells if cell.kind == "code") if name in LESSONS else ""


def read(path: Path = CLAIMS) -> dict[str, list[Claim]]:
    """The claims of every text.

    Raises:
        ValueError: a text has none, or there is no such text.
    """
    content = tomllib.loads(path.read_text("utf-8"))
    if content.keys() != texts().keys():
        raise ValueError(f"{path.name}: expected {', '.join(texts())}; received {', '.join(content)}")
    return {name: [Claim(plain(entry.pop("says")), entry) for entry in content[name]] for name in texts()}


def problems(text: str, entries: list[Claim], lesson_code: str = "") -> list[str]:
    """What lacks evidence, or has evidence that does not hold."""
    parts = list(blocks(text))
    found = [f"{chain!r} is no equation" for part in parts for chain in wrong_arithmetic(part.text)]
    covered: dict[Block, list[tuple[int, int]]] = {part: [] for part in parts}
    for entry in entries:
        places = [(part, part.text.find(entry.says)) for part in parts if entry.says in part.text]
        times = sum(part.text.count(entry.says) for part, _ in places)
        if times != 1:
            found.append(f"{entry.says!r} stands {times} times in the text, not once")
            continue
        part, start = places[0]
        end = len(part.text) if start < part.head else start + len(entry.says)
        start = 0 if start < part.head else start
        numbers = [number for number in claims(part.text) if start <= number.start and number.end <= end]
        covered[part].append((start, end))
        if problem := evidence(numbers, part.text[start:end], entry.kinds, lesson_code):
            found.append(f"{entry.says!r}: {problem}")
    for part in parts:
        for number in claims(part.text):
            if not any(start <= number.start and number.end <= end for start, end in covered[part]):
                around = part.text[max(0, number.start - 60) : number.end + 40]
                found.append(f"no evidence for {number.printed} in {around!r}")
    return found


def mistranslated(name: str) -> list[str]:
    """Numbers of a text's Korean prose that the English prose beside them does not have."""
    if name in LESSONS:
        cells = [cell for cell in read_master(name).cells if cell.lang]
        pairs = [(english.source, korean.source) for english, korean in zip(cells[::2], cells[1::2], strict=True)]
    elif name == PREDICTIONS:
        pairs = [(_predictions("en"), _predictions("ko"))]
    elif name in HANDOUTS:
        pairs = [(texts()[name], _handout(name, "ko"))]
    else:
        pairs = [(texts()[name], DOCUMENTS[name].with_suffix(".ko.md").read_text("utf-8"))]
    return [f"only in Korean: {number}" for pair in pairs for number in not_in_original(*pair)]


def page() -> str:
    """All claims with their evidence as Markdown."""
    entries = read()
    kinds = Counter(claim.kind for each in entries.values() for claim in each)
    lines = [*HEAD.splitlines(), "", "| evidence | claims |", "|---|---|"]
    lines += [f"| {meaning} | {kinds[kind]} |" for kind, meaning in KINDS.items()]
    lines += [f"| **all** | {kinds.total()} |"]
    for name, each in entries.items():
        if each:
            lines += ["", f"## {name}", "", "| claim | evidence |", "|---|---|"]
            lines += [f"| {claim.says.replace('|', chr(92) + '|')} | {claim.shown()} |" for claim in each]
    return "\n".join([*lines, ""])


def _predictions(language: str) -> str:
    """Why each prediction is right."""
    return "\n\n".join(each["why"] for each in catalogue(language)["tasks"].values() if isinstance(each, dict))


def _handout(name: str, language: str) -> str:
    """The strings of a handout in a language, which are those whose key begins with its name."""
    return "\n\n".join(_strings(tomllib.loads((solutions_folder() / f"{name}.toml").read_text("utf-8")), language))


def _strings(node: Any, language: str) -> Iterator[str]:
    for key, each in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(each, dict | list):
            yield from _strings(each, language)
        elif str(key).startswith(language):
            yield each


if __name__ == "__main__":
    sys.exit(main())
