"""The numbers that a text states: its prose without code, formulas and addresses, and what in it must have evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from experiments.costs import rounds_to

# In the order in which they are cut away, each with what is left of it.
CUT = (
    (r"<!--.*?-->", " "),
    (r"```.*?```", " "),
    (r"!?\[((?:[^\]`]|`[^`]*`)*)\]\([^)]*\)", r"\1"),  # of links and pictures, the text
    (r"`[^`]*`", " "),
    (r"\$\$.*?\$\$|\$[^$]*\$", " "),
    (r"https?://\S+|arXiv:\S+", " "),
    (r"</?[a-z][^>]*>", " "),
    (r"\b95 %\s(?=(?:confidence\s)?intervals?\b)|\b95%\s(?=신뢰)", ""),  # the name of a kind of interval
    (r"[*#]+", ""),
    (r"\b[Ss]ections? \d+(?:\.\d+)*", " "),  # of a paper or of a text
    (r"\d+(?:\.\d+)*절", " "),
    (r"\b\w+ (?:short )?exercises?, \d+ points[^.]*\.", " "),  # of a lesson: tests/test_documents.py holds it
)
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
WORDS = {
    **{"half a": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "twelve": 12, "sixteen": 16, "twenty": 20, "sixty": 60, "hundred": 100},
}
WORD = "|".join(WORDS).replace(" ", r"\s")
CLAIM = re.compile(
    rf"""
    (?<![\w.,^+\-−]) [+\-−]?
    (?: \d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?     # 25,557,032
      | \d+\.\d+                             # 0.18
      | [1-9]\d*(?=\s?%|\s(?:times|million|parameters|weights|percentage\spoints?|points?)\b)
    )
    | \b(?:{WORD})                           # seven times as many, half a point
      (?=\s(?:percentage\s)?points?\b|\stimes\s(?:as|the|too|more|less|smaller|larger|longer|its)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
FIGURE = re.compile(r"(?<![\w.,^+\-−×/])[+\-−]?\d[\d,]*(?:\.\d+)?(?![\w×^/-])")
KOREAN = re.compile(r"(?<![\w.,])(\d+(?:,\d{3})*(?:\.\d+)?)(만(?=\s[개장])|\s?%|)")  # 만: ten thousand
SIDE = r"−?[\d(][\d.,()^·×+−/ ]*[\d)]|−?\d"
CHAIN = re.compile(rf"(?<![\w.,])(?:{SIDE})(?: ?= ?(?:{SIDE}))+(?![\w^])")


@dataclass(frozen=True)
class Block:
    """A paragraph, or a table: its text on one line, and how long the first row is (0: no table)."""

    text: str
    head: int = 0


@dataclass(frozen=True)
class Number:
    """A number of a block: as printed, and where it begins and ends."""

    printed: str
    start: int
    end: int


def plain(markdown: str) -> str:
    """A text on one line, without what is no prose."""
    for pattern, left in CUT:
        markdown = re.sub(pattern, left, markdown, flags=re.DOTALL)
    markdown = re.sub("[⁰¹²³⁴-⁹]+", lambda found: "^" + found[0].translate(POWERS), markdown)
    return " ".join(markdown.split())


def blocks(markdown: str) -> Iterator[Block]:
    """The paragraphs and tables of a Markdown text that are not empty."""
    markdown = re.sub(r"```.*?```", "\n", markdown, flags=re.DOTALL)
    for part in re.split(r"\n\s*\n", markdown):
        lines = part.strip().splitlines()
        if lines and lines[0].startswith("|"):
            rows = [plain(line) for line in lines if not re.fullmatch(r"[|:\- ]+", line)]
            yield Block(" ".join(rows), len(rows[0]))
        elif plain(part):
            yield Block(plain(part))


def claims(text: str) -> list[Number]:
    """The numbers of a block that must have evidence, without those of right arithmetic."""
    done = [found.span() for found in CHAIN.finditer(text) if adds_up(found[0])]
    return [
        Number(found[0], *found.span())
        for found in CLAIM.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in done)
    ]


def figures(text: str) -> list[Number]:
    """All numbers of a text that stand by themselves, whether they must have evidence or not."""
    return [Number(found[0].rstrip(","), *found.span()) for found in FIGURE.finditer(text)]


def not_in_original(original: str, translation: str) -> list[str]:
    """The decimals, per cents and numbers over a thousand of a Korean text that its English original has not."""
    text = plain(original)
    words = [found[0] for found in re.finditer(rf"\b(?:{WORD})\b", text, re.IGNORECASE)]
    numbers = [value(each) for each in [*words, *re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]]
    known = {number * unit for number in numbers for unit in (1, 10**6)}
    found = []
    for printed, unit in KOREAN.findall(plain(translation)):
        number = value(printed) * (10**4 if unit == "만" else 1)
        if (unit or "." in printed or "," in printed) and not any(isclose(number, each) for each in known):
            found.append(printed + unit)
    return found


def wrong_arithmetic(text: str) -> list[str]:
    """Sums and products of a block that do not give what stands behind their "="."""
    return [found[0] for found in CHAIN.finditer(text) if not adds_up(found[0])]


def adds_up(chain: str) -> bool:
    """Whether all sides of `9 · 16 · 32 = 4,608` are equal; a number alone may be rounded."""
    sides = [side.strip() for side in chain.split("=")]
    exact = next((side for side in sides if not re.fullmatch(r"−?[\d.,]+", side)), sides[0])
    wanted = value(exact)
    return all(isclose(value(side), wanted) or rounds_to(wanted, side.replace(",", "")) for side in sides)


def value(printed: str) -> float:
    """What a printed number, a number word or a product is worth.

    Raises:
        ValueError: it is none of these.
    """
    if printed.lower() in WORDS:
        return WORDS[printed.lower()]
    written = printed.replace(",", "")
    for sign, operator in (("·", "*"), ("×", "*"), ("−", "-"), ("^", "**")):
        written = written.replace(sign, operator)
    try:
        return float(eval(written, {"__builtins__": {}}))  # digits and operators alone
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"expected a number or arithmetic, received {printed!r}") from error


def gives(result: float, printed: str) -> bool:
    """Whether a result, rounded to as many digits as are printed, is what is printed."""
    if printed.lower() in WORDS:
        return rounds_to(result, f"{value(printed):g}")
    return rounds_to(result, printed.replace(",", "").replace("−", "-").removeprefix("+"))
