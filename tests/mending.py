"""What instructors do to a lesson in the middle of a term: random edits of a master that leave its exercises alone."""

import random
import re
from collections.abc import Callable
from pathlib import Path

from autograder.lessons.master import master_path
from curriculum.exercises import LESSONS

PROSE = '# %% [markdown] lang="en"\n# A hint: {0}\n\n# %% [markdown] lang="ko"\n# 도움말: {0}\n'
EXPERIMENT = "# %% experiment\ntried = {0}\nprint(tried)\n"

EDITS: dict[str, Callable[[list[str], random.Random], None]] = {}


def edit(function: Callable) -> Callable:
    EDITS[function.__name__] = function
    return function


def units_of(text: str) -> list[str]:
    """A master's text in pieces that stand for themselves: a cell, or a prose cell and its translation."""
    cells = re.split(r"(?m)^(?=# %%(?: |$))", text)
    units: list[str] = []
    for cell in filter(None, cells):
        if cell.startswith('# %% [markdown] lang="ko"'):
            units[-1] += cell
        else:
            units.append(cell)
    return units


def mend(lesson: str, folder: Path, seed: int, count: int, names: tuple[str, ...] = ()) -> list[str]:
    """Write a master with random edits into `folder`. Returns: what was done, for a failure's message."""
    dice = random.Random(f"{lesson} {seed}")
    units, done = units_of(master_path(lesson).read_text("utf-8")), []
    for _ in range(count):
        name = dice.choice(names or tuple(EDITS))
        EDITS[name](units, dice)
        done.append(name)
    folder.mkdir(parents=True, exist_ok=True)
    master_path(lesson, folder).write_text("".join(unit.rstrip("\n") + "\n\n" for unit in units).rstrip("\n") + "\n")
    return done


def kind(unit: str) -> str:
    """What a piece of a master is."""
    first = unit.split("\n", 1)[0]
    for mark in ("[markdown]", "experiment", "given", "solution", "check"):
        if re.match(rf"# %% {re.escape(mark)}", first):
            return mark
    return "code"


def _pick(units: list[str], dice: random.Random, *kinds: str) -> int | None:
    """The position of a random piece of these kinds below the imports; None if there is none."""
    return dice.choice([at for at, unit in enumerate(units) if at > _imports(units) and kind(unit) in kinds] or [None])


def _imports(units: list[str]) -> int:
    return next(at for at, unit in enumerate(units) if kind(unit) == "code")


@edit
def add_prose(units, dice):
    units.insert(dice.randint(0, len(units)), PROSE.format(dice.random()))


@edit
def reword_prose(units, dice):
    at = _pick(units, dice, "[markdown]")
    if at is not None:
        units[at] = units[at].replace(" the ", " this ").replace("합니다", "하는 것입니다") or units[at]


@edit
def move_prose(units, dice):
    at = _pick(units, dice, "[markdown]")
    if at is not None:
        units.insert(dice.randint(0, len(units)), units.pop(at))


@edit
def remove_prose(units, dice):
    at = _pick(units, dice, "[markdown]")
    if at is not None:
        del units[at]


@edit
def add_experiment(units, dice):
    units.insert(dice.randint(_imports(units) + 1, len(units)), EXPERIMENT.format(dice.random()))


@edit
def change_experiment(units, dice):
    at = _pick(units, dice, "experiment")
    if at is not None:
        units[at] = re.sub(r"\A.*\n.*", rf"\g<0>  # {dice.random()}", units[at])


@edit
def move_experiment(units, dice):
    at = _pick(units, dice, "experiment")
    if at is not None:
        units.insert(dice.randint(_imports(units) + 1, len(units) - 1), units.pop(at))


@edit
def remove_experiment(units, dice):
    at = _pick(units, dice, "experiment")
    if at is not None:
        del units[at]


@edit
def give_more(units, dice):
    """Add a block of the first lessons to a given cell, at its beginning or end, or in a given cell of its own."""
    given = " ".join(re.findall(r'(?m)^# %% given="(.*)"', "".join(units))).split()
    lesson = re.search(r'start\("(.*?)"\)', "".join(units))[1]
    earlier = [name for other in list(LESSONS)[: list(LESSONS).index(lesson)] for name in LESSONS[other]]
    new = [name for name in earlier if name not in given]
    if not new:
        return
    block, at = dice.choice(new), _pick(units, dice, "given")
    if at is None or dice.random() < 0.3:
        units.insert(_imports(units) + 1, f'# %% given="{block}"\n')
    elif dice.random() < 0.5:
        units[at] = units[at].replace('given="', f'given="{block} ', 1)
    else:
        units[at] = re.sub(r'given="(.*?)"', rf'given="\1 {block}"', units[at], count=1)


@edit
def give_in_another_order(units, dice):
    at = _pick(units, dice, "given")
    if at is not None:
        names = re.search(r'given="(.*?)"', units[at])[1].split()
        dice.shuffle(names)
        units[at] = f'# %% given="{" ".join(names)}"\n'


@edit
def give_earlier(units, dice):
    at = _pick(units, dice, "given")
    if at is not None:
        units.insert(dice.randint(_imports(units) + 1, at), units.pop(at))


@edit
def change_imports(units, dice):
    units[_imports(units)] = units[_imports(units)].rstrip("\n") + "\nimport itertools\n"


@edit
def reword_helper(units, dice):
    """Change a cell of code that students are free to change."""
    at = _pick(units, dice, "code")
    if at is not None:
        units[at] = re.sub(r"\A.*\n.*", rf"\g<0>  # {dice.random()}", units[at])
