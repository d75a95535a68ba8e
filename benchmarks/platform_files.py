"""What learning platforms give out, named and written as they do it: a class's downloads, and their tables of grades.

Tests and `platforms.py` make them here. The sources are those that `autograder/grading/platforms.py` and
`autograder/grading/gradesheets.py` name.
"""

import io
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.grading.roster import Person

NOTEBOOK = "channel_attention.ipynb"
FAMILY, GIVEN = ("Kim", "Lee", "Park", "Choi"), ("Minji", "Jisu", "Haneul", "Seojun", "Yuna", "Doyun", "Sora", "Jiho")
CLASS = [
    Person(
        f"2026{number:04}",
        GIVEN[number % 8],
        f"{FAMILY[number // 8 % 4]}{'-Han' * (number // 32)}",
        f"s{number}@uni.test",
    )
    for number in range(40)
]
Work = Callable[[Person], bytes]  # the notebook that somebody hands in

CANVAS_HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),Channel attention (12),Current Score,Notes\r\n"
POSSIBLE = '    Points Possible,,,,,"10.00",19.00,(read only),\r\n'
BLACKBOARD_HEADER = [
    *("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"),
    *("Weighted Total [Total Pts: up to 0 Percentage] |1200", "Essay [Total Pts: 10 Score] |1201"),
    *("Channel attention [Total Pts: 19 Score] |1202", "Grading Notes", "Notes Format", "Feedback to Learner"),
]
COPIES = (  # what Drive, Colab and Windows call a copy
    "Copy of {name}.ipynb",
    "{name}.ipynb의 사본",
    "{name} (1).ipynb",
    "{name}의 사본.ipynb",
    "Copy_of_{name}.ipynb",
    "{name} - Copy.ipynb",
)


def canvas_number(index: int) -> str:
    """What Canvas calls the person at a place of the class."""
    return str(48700 + index)


def account(person: Person) -> str:
    """Somebody's account on GitHub."""
    return f"{person.first_name}-{person.last_name}-dev"


# --- downloads


def packed(path: Path | None, files: dict[str, str | bytes]) -> Path | bytes:
    """An archive of these files, as bytes if there is no path."""
    target = path or io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path or target.getvalue()


def moodle(
    path: Path, people: Sequence[Person], work: Work, number: Callable[[int], int] = lambda index: 1234567 + index
) -> Path:
    """As mod/assign/classes/downloader.php names folders: full name, a number for this assignment, the plugin."""
    return packed(
        path,
        {
            f"{person.name}_{number(index)}_assignsubmission_file/{NOTEBOOK}": work(person)
            for index, person in enumerate(people)
        },
    )


def canvas(path: Path, people: Sequence[Person], work: Work, late: Sequence[str] = ()) -> Path:
    """As lib/content_zipper.rb names files: sortable name, letters alone; LATE, the user, the file, its name."""
    files = {}
    for index, person in enumerate(people):
        name = re.sub(r"\W", "", f"{person.last_name}{person.first_name}").lower()
        mark = "_LATE" if person.student in late else ""
        files[f"{name}{mark}_{canvas_number(index)}_{900100 + index}_channel_attention-1.ipynb"] = work(person)
    return packed(path, files)


def blackboard(path: Path, people: Sequence[Person], work: Work, title: str = "HW_3 Channel attention") -> Path:
    """As "Assignment File Download" names files: the title, the user, the time; with a note for each attempt."""
    files: dict[str, str | bytes] = {}
    for index, person in enumerate(people):
        begin = f"{title}_{person.student}_attempt_2026-03-02-14-05-{index % 60:02}"
        files |= {f"{begin}.txt": f"Name: {person.name} ({person.student})", f"{begin}_{NOTEBOOK}": work(person)}
    return packed(path, files)


def drive(path: Path, people: Sequence[Person], work: Work) -> Path:
    """A folder of Google Drive: every second person has a folder in it, the others have put their name before."""
    files = {}
    for index, person in enumerate(people):
        name = COPIES[index % len(COPIES)].format(name=NOTEBOOK.removesuffix(".ipynb"))
        files[f"HW/{person.name}/{name}" if index % 2 else f"HW/{person.name} - {name}"] = work(person)
    return packed(path, files)


def classroom(folder: Path, people: Sequence[Person], work: Work, lesson: str, title: str = "hw-three") -> Path:
    """As `gh classroom clone student-repos` lays them: ASSIGNMENT-submissions/ASSIGNMENT-user."""
    for person in people:
        clone = folder / f"{title}-submissions" / f"{title}-{account(person).lower()}"
        (clone / lesson).mkdir(parents=True)
        (clone / lesson / NOTEBOOK).write_bytes(work(person))
        (clone / "README.md").write_text("mine")
        committed(clone)
    return folder / f"{title}-submissions"


def committed(clone: Path) -> None:
    """Make a folder a repository with one commit."""
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "done")):
        git(clone, *arguments)


def git(folder: Path, *arguments: str, date: str = "2026-03-02T14:05:09+09:00") -> None:
    """Run git without this user's settings."""
    own = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, cwd=folder, env=os.environ | own, check=True, capture_output=True)


# --- tables of grades, and class lists


def _quoted(cells: Sequence[str]) -> str:
    """A line of a CSV file as PHP's fputcsv writes it."""
    return ",".join(f'"{cell}"' if set(cell) & set(' ,"') else cell for cell in cells) + "\n"


def moodle_worksheet(
    path: Path,
    people: Sequence[Person],
    *,
    extra: Sequence[str] = ("Email address",),
    times: str = "Monday, 2 March 2026, 2:05 PM",
    maximum: str = "19.00",
    feedback: str = "",
    name: Callable[[Person], str] = lambda person: person.name,
) -> Path:
    """As Moodle writes the grading worksheet of an assignment; `extra` are the columns with addresses."""
    header = ["Identifier", "Full name", *extra, "Status", "Grade", "Maximum Grade", "Grade can be changed"]
    lines = [[*header, "Last modified (submission)", "Last modified (grade)", "Feedback comments"]]
    for index, person in enumerate(people):
        own = [f"Participant {1234567 + index}", name(person), *(person.email for _ in extra)]
        lines.append([*own, "Submitted for grading", "", maximum, "Yes", times, "-", feedback])
    path.write_text("".join(map(_quoted, lines)), "utf-8")
    return path


def moodle_participants(path: Path, people: Sequence[Person]) -> Path:
    """As Moodle writes the list of participants."""
    header = ["First name", "Last name", "ID number", "Email address", "Groups"]
    rows = [[each.first_name, each.last_name, each.student, each.email, each.section] for each in people]
    path.write_text("".join(map(_quoted, [header, *rows])), "utf-8")
    return path


def canvas_rows(people: Sequence[Person]) -> str:
    """Rows as Canvas writes them, with quotes where Ruby's CSV puts them."""
    rows = [
        f'"{p.last_name}, {p.first_name}",{p.others["lms_user"]},{p.student},{p.email},"CNN ({p.section})",7.5,,88.1,'
        for p in people
    ]
    return "".join(f"{row}\r\n" for row in rows)


def canvas_gradebook(
    path: Path, rows: str, header: str = CANVAS_HEADER, possible: str = POSSIBLE, encoding: str = "utf-8-sig"
) -> Path:
    """As lib/gradebook_exporter.rb writes the gradebook."""
    path.write_bytes((header + possible + rows).encode(encoding))
    return path


def blackboard_grade_center(
    path: Path, people: Sequence[Person], header: Sequence[str] = BLACKBOARD_HEADER, feedback: str = ""
) -> Path:
    """The Grade Center as Blackboard gives it out: an .xls that is a table of text, in UTF-16, with tabs."""
    rows = [
        [p.last_name, p.first_name, p.student.upper(), f"2026{p.student}", "2026-03-02", "Yes", "", "7.5", "", "", ""]
        for p in people
    ]
    lines = ["\t".join(f'"{cell}"' for cell in row) + "\r\n" for row in [header, *([*row, feedback] for row in rows)]]
    path.write_bytes("".join(lines).encode("utf-16"))
    return path


def classroom_roster(path: Path, people: Sequence[Person]) -> Path:
    """As GitHub Classroom writes its roster."""
    rows = [[person.student, account(person), "99", person.name] for person in people]
    path.write_text("".join(map(_quoted, [["identifier", "github_username", "github_id", "name"], *rows])), "utf-8")
    return path


def spreadsheet(path: Path, people: Sequence[Person]) -> Path:
    """A class list as a spreadsheet of a Korean office writes it: semicolons, and a byte-order mark."""
    rows = [f"{each.student};{each.first_name};{each.last_name};{each.email}\r\n" for each in people]
    path.write_text("".join(["student_id;first_name;last_name;email\r\n", *rows]), "utf-8-sig", newline="")
    return path
