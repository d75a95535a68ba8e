"""An instructor's own course folder, made where the package is installed: `autograder init`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.grading.course_folder import SETTINGS
from autograder.grading.submissions import GradingError
from autograder.lessons.files import write, write_instructor_notebooks
from autograder.lessons.master import MasterError
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import course_folder, solutions_folder

CONFIG = '''"""nbgrader's settings for this course: its folders, and the engine that grades.

Add your own below, for example late penalties. nbgrader reads this file when its commands, or JupyterLab, are started
in this folder.
"""

from pathlib import Path

from autograder.grading.config import configure, refresh_sources

FOLDER = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  nbgrader provides it
configure(c, FOLDER)
refresh_sources(FOLDER / "source")

# The name under which the exchange has the course. On a hub with several courses, each has its own.
c.CourseDirectory.course_id = {course_id!r}
# Where students fetch and hand in: a folder that all of them can write to (chmod 777). Students' settings name it, too.
{comment}c.Exchange.root = {exchange!r}
'''

ROSTER = "student_id,first_name,last_name,email,section\n"

README = """# {course_id}

This folder is the instructor's: it has the solutions and, later, the grades. Keep it where students cannot read it.
Give the commands in this folder, or in one below it.

| here | what it is |
|---|---|
| `course/en`, `course/ko` | The lessons to hand out, in two languages: the same assignments, graded alike. |
| `roster.csv` | Who is in the course, to be filled in: `autograder roster roster.csv`. A platform's own list will do. |
| `nbgrader_config.py` | nbgrader's settings: the course's name, the exchange, penalties. |
| `source` | The lessons with solutions, which nbgrader makes its releases from. Generated: edit nothing there. |
| `submitted` | What was handed in: `submitted/<student>/<lesson>/<notebook>.ipynb` |
| `gradebook.db`, `autograded`, `feedback` | Made by grading. |

```
autograder collect 3-channel-attention download.zip   # from a learning platform; else nbgrader collect
autograder grade 3-channel-attention                  # without submissions, try --demo
autograder report 3-channel-attention
autograder export 3-channel-attention --canvas gradebook.csv
```

`autograder init .` after an update of the package renews `course` and `source` and leaves the rest alone.
The guide for teachers: {guide}
"""


def make_course_folder(folder: Path, course_id: str, exchange: str) -> Iterator[Path]:
    """Make a course folder, or renew the lessons of one. What an instructor may have changed stays as it is.

    Returns: what was written, as it is written; of lessons, their folders.
    Raises: GradingError if that cannot be done.
    """
    config = CONFIG.format(
        course_id=course_id, exchange=exchange or "/srv/nbgrader/exchange", comment="" if exchange else "# "
    )
    texts = {
        SETTINGS: config,
        "roster.csv": ROSTER,
        "README.md": README.format(course_id=course_id, guide=solutions_folder() / "TEACHING.md"),
    }
    try:
        write_instructor_notebooks(folder=folder / "source")
        yield folder / "source"
        for language in LANGUAGES:
            yield _hand_out(course_folder() / language, folder / "course" / language)
        for name, text in texts.items():
            if not (folder / name).exists():
                write({folder / name: text})
                yield folder / name
    except (MasterError, OSError) as error:
        raise GradingError(f"{folder} cannot be made a course folder: {error}") from None


def _hand_out(made: Path, folder: Path) -> Path:
    """Copy the lessons of a language, with the exam and the summary."""
    for path in (*made.glob("*.html"), *(found for lesson in LESSONS for found in (made / lesson).glob("*.*"))):
        if path.suffix in (".html", ".ipynb", ".png"):
            target = folder / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return folder
