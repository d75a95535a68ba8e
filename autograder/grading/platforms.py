"""Whose a file is, told by how a learning platform, GitHub Classroom or a person has named it.

The groups are called like those of nbgrader's FileNameCollectorPlugin (`student_id`, `timestamp`, `file_id`). That
plugin is not used: it drops what does not match, and overwrites what was handed in before it has read the rest.

Sources: Moodle's mod/assign/classes/downloader.php; Canvas's lib/content_zipper.rb; for Blackboard, the example in
nbgrader's documentation of the plugin; `gh classroom clone student-repos` of GitHub's CLI.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from autograder.grading.downloads import Found, is_notebook, stem
from autograder.grading.roster import identifier
from autograder.grading.submissions import letters
from curriculum.exercises import LESSONS

PATTERNS = {
    # Kim Minji_1234567_assignsubmission_file/channel_attention.ipynb, or one level with another _
    "moodle": re.compile(r"(?P<name>.+?)_(?P<student_id>\d+)_assignsubmission_[a-z]+(_(?P<file_id>.*))?$"),
    # Channel attention_minji_attempt_2026-03-02-14-05-09_channel_attention.ipynb; without the last part, a note
    "blackboard": re.compile(
        r"(?P<owner>.+)_attempt_(?P<timestamp>\d{4}(-\d\d){5})(_(?P<file_id>.+)|\.txt)$",
    ),
    # kimminji_LATE_48731_901234_channel_attention-1.ipynb; of anonymous assignments, anon_a1B2c_901234_...
    "canvas": re.compile(
        r"((?P<name>.+?)_)?((?P<late>LATE)_)?(?P<student_id>\d+|anon_[A-Za-z0-9]+)_(?P<attempt>\d+)_(?P<file_id>.+)$"
    ),
}
AGAIN = re.compile(r"-\d+(?=\.\w+$)")  # what Canvas adds to the name of a file that is handed in again
BRANCHES = re.compile(r"-(main|master)$")  # GitHub's archive of a branch is called after it
DRIVE = re.compile(r"-\d{8}T\d{6}Z(-\d+)*$")  # what Google Drive adds to an archive's name, one of several perhaps
CLASSROOM = "-submissions"  # the folder that GitHub Classroom's tool clones into
SEPARATORS = " _-–—,()[]"
HIDDEN = ("participant", "참가자")  # whose name Moodle hides while work is marked


@dataclass(frozen=True)
class Claim:
    """Whose a file is said to be: ids and names, the likeliest first, and the id to use if there is no roster.

    `time` is the platform's, by a clock that is not said, as `%Y-%m-%d-%H-%M-%S`; `attempt` orders what one person has
    handed in; `late` is all that Canvas says about time; `name` is the file's, without what the platform put before it.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    student: str
    name: str
    time: str = ""
    attempt: int = 0
    late: bool = False


def claims(
    downloads: list[list[Found]], lesson: str, notebook: str
) -> list[tuple[str, list[tuple[Found, Claim | None]]]]:
    """What the files of some downloads say about whose they are; None for a file that says nothing.

    Returns: for each download its kind, `moodle`, `blackboard`, `canvas`, `classroom` or `folder`, and the claims.
    """
    several = len(downloads) > 1
    levels = [(each, _repository(each, lesson, several=several)) for found in downloads for each in found]
    repositories = [(each, level) for each, level in levels if level >= 0]
    prefix = _assignment(repositories, lesson)
    return [_claims(found, lesson, notebook, prefix, several=several) for found in downloads]


def _claims(
    found: list[Found], lesson: str, notebook: str, prefix: str, *, several: bool
) -> tuple[str, list[tuple[Found, Claim | None]]]:
    matched = {platform: [_match(each, pattern) for each in found] for platform, pattern in PATTERNS.items()}
    counted = {platform: sum(match is not None for match in matches) for platform, matches in matched.items()}
    platform = max(counted, key=lambda name: counted[name])
    if counted[platform] * 2 >= len(found) > 0:
        title = _common_title([match[1].groupdict().get("owner") or "" for match in matched[platform] if match])
        return platform, [
            (each, _claim_of_platform(each, match, title) if match else None)
            for each, match in zip(found, matched[platform], strict=True)
        ]
    levels = [_repository(each, lesson, several=several) for each in found]
    if any(level >= 0 for level in levels):
        return "classroom", [
            (each, _claim_of_repository(each, level, prefix) if level >= 0 else None)
            for each, level in zip(found, levels, strict=True)
        ]
    level = _level_of_students(found, lesson, notebook, several=several)
    return "folder", [(each, _claim_of_folder(each, level, lesson, notebook)) for each in found]


_Match = tuple[int, "re.Match[str]"]


def _match(found: Found, pattern: re.Pattern[str]) -> _Match | None:
    """The first part that is named as a platform names it, and how. A download's own name is anything."""
    first = 1 if len(found.parts) > 1 else 0
    for level, part in enumerate(found.parts[first:], first):
        if match := pattern.match(part):
            return level, match
    return None


def _common(names: Iterable[str]) -> str:
    """What all names begin with."""
    names = sorted(set(names))
    pairs = zip(names[0], names[-1], strict=False) if names else ()
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
    return names[0][:same] if names else ""


def _common_title(owners: list[str]) -> str:
    """What all begin with: the assignment's title and a _. Of one person alone, all but the last word."""
    common = _common(owners)
    return common[: common.rfind("_") + 1]


def _claim_of_platform(found: Found, match: _Match, title: str) -> Claim:
    level, groups = match[0], match[1].groupdict()
    own = found.parts[level + 1 :]
    name = own[-1] if own else AGAIN.sub("", groups["file_id"] or "")
    if owner := groups.get("owner"):  # Blackboard: title and user name, either of which may have a _
        user = owner.removeprefix(title)
        return Claim(_ends(owner, "_", user), (), user, name, groups["timestamp"])
    said, number = groups["name"] or "", groups["student_id"]
    if "attempt" in groups:
        return Claim((number,), (said,), number, name, "", int(groups["attempt"]), bool(groups["late"]))
    # Moodle's number is another one in each assignment, so it names nobody for long; "Participant" hides a name. A
    # group's name may stand before the student's.
    hidden = letters(said) in HIDDEN
    return Claim((identifier(number),), (said, said.partition("-")[2]), f"{said} {number}" if hidden else said, name)


def _ends(name: str, separator: str, shortest: str) -> tuple[str, ...]:
    """A name, and what is left of it without its first word, its first two, and so on, down to the `shortest`.

    An account may begin as all others do; one that only ends like somebody else's is not that person's.
    """
    words = name.split(separator)
    ends = (separator.join(words[first:]) for first in range(len(words)))
    return tuple(end for end in ends if len(end) >= len(shortest))


def _repository(found: Found, lesson: str, *, several: bool) -> int:
    """The level of the part that is a repository of GitHub Classroom, or -1."""
    if found.repository:
        return found.repository - 1
    for level, part in enumerate(found.parts):
        if level == 0 and (not several or DRIVE.search(stem(part))):  # a single download is a class
            continue
        cloned = level > 0 and found.parts[level - 1].endswith(CLASSROOM)
        if cloned or stem(part).startswith(f"{lesson}-") or (level < 2 and BRANCHES.search(stem(part))):
            return level
    return -1


def _assignment(repositories: list[tuple[Found, int]], lesson: str) -> str:
    """What the names of all repositories begin with: the assignment's name and a dash."""
    names = {_bare(each.parts[level]) for each, level in repositories}
    parents = {each.parts[level - 1] for each, level in repositories if level > 0}
    known = [f"{parent.removesuffix(CLASSROOM)}-" for parent in parents if parent.endswith(CLASSROOM)]
    for prefix in (*known, f"{lesson}-"):
        if all(name.startswith(prefix) for name in names):
            return prefix
    common = _common(names) if len(names) > 1 else ""
    return common[: common.rfind("-") + 1]


def _bare(part: str) -> str:
    return BRANCHES.sub("", stem(part))


def _claim_of_repository(found: Found, level: int, prefix: str) -> Claim:
    name = _bare(found.parts[level])
    user = name.removeprefix(prefix) or name
    return Claim(_ends(name, "-", user if prefix else name.split("-")[-1]), (), user, found.parts[-1])


def _level_of_students(found: list[Found], lesson: str, notebook: str, *, several: bool) -> int:
    """The level of the parts that are called after students: the first on which there is more than one name.

    If nothing but files is there, and one of them has the lesson's own name, they are all one person's, and the level
    is the one above. Where there is but one of everything, one of `several` downloads is called after its student, and
    in a single one the innermost folder.
    """
    with_notebooks = [each for each in found if is_notebook(each.parts[-1])]
    for level in range(1, max((len(each.parts) for each in found), default=0)):
        there = {each.parts[level] for each in found if len(each.parts) > level and each.parts[level] != lesson}
        if len(there) > 1:
            deeper = any(len(each.parts) > level + 1 for each in with_notebooks)
            bare = any(not _without_lesson(each.parts[-1], lesson, notebook) for each in with_notebooks)
            return level - 1 if bare and not deeper else level
    parts = found[0].parts if found else ("",)
    if several and not DRIVE.search(stem(parts[0])):
        return 0
    return next((level for level in range(len(parts) - 2, 0, -1) if parts[level] != lesson), 0)


def _claim_of_folder(found: Found, level: int, lesson: str, notebook: str) -> Claim | None:
    """Of files that people have put together: a folder, an archive or the notebook is called after the student."""
    end = next((at for at, part in enumerate(found.parts) if at and part.lower().endswith(".zip")), len(found.parts))
    said = [
        _without_lesson(part, lesson, notebook) for part in found.parts[: end + 1]
    ]  # what is in a zip, its maker named
    if level < len(found.parts) and found.parts[level] == lesson:
        level -= 1
    if len(found.parts) == level + 1 and not found.staged and not found.parts[level].lower().endswith(".zip"):
        return None  # somebody's note beside the students' folders
    student = said[level] if 0 <= level < len(said) else ""
    named = tuple(filter(None, said))  # with a roster, the outermost that is anybody's
    return Claim(named, named, student, found.parts[-1])


@cache
def _lesson_pattern(lesson: str, notebook: str) -> re.Pattern[str]:
    """The lesson's or the notebook's name as a word of its own, however its words are joined."""
    names = (lesson, notebook)
    joined = ("[ _-]*".join(map(re.escape, re.split("[_-]", name))) for name in names)
    return re.compile(rf"(?<![^\W_])({'|'.join(joined)})(?![^\W_])", re.IGNORECASE)


def _without_lesson(part: str, lesson: str, notebook: str) -> str:
    """What is left of a name without the lesson's, the notebook's and its ending: a student's, or nothing."""
    return _lesson_pattern(lesson, notebook).sub("", stem(part)).strip(SEPARATORS)


def is_called(name: str, notebook: str) -> bool:
    """Whether a file is called like a notebook, or is a copy of one that is."""
    return letters(stem(name)) == letters(notebook)


def is_of_lesson(name: str, lesson: str, notebook: str) -> bool:
    """Whether the lesson's or the notebook's name stands in a file's, perhaps beside a student's."""
    return bool(_lesson_pattern(lesson, notebook).search(stem(name)))


def is_of_another(name: str, notebook: str) -> bool:
    """Whether a file is the notebook of another lesson."""
    others = {letters(lesson.split("-", 1)[1]) for lesson in LESSONS} - {letters(notebook)}
    return letters(stem(name)) in others
