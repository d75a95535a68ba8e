"""What the build writes into the READMEs: the table of lessons, and links that open one on Binder or Colab.

Those are made from the repository's address in pyproject.toml.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote

from autograder.lessons.effort import lesson_minutes
from autograder.lessons.links import question
from autograder.lessons.master import notebook_name
from coursekit.plots.style import FONTS
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY

BRANCH = "main"
BEGIN = "<!-- begin: launch links. `make build` writes them; see CONTRIBUTING.md -->"
END = "<!-- end: launch links -->"
BEGIN_LESSONS = "<!-- begin: lessons. `make build` writes them; see CONTRIBUTING.md -->"
END_LESSONS = "<!-- end: lessons -->"
VERSION = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)
ADDRESS = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+)")


def in_each_language(document: str) -> dict[str, str]:
    """The paths of a document, by language: `README.md` in the first one, `README.ko.md` in Korean."""
    path = Path(document)
    return {
        language: str(path if language == LANGUAGES[0] else path.with_suffix(f".{language}.md"))
        for language in LANGUAGES
    }


READMES, GUIDES_FOR_TEACHERS = map(in_each_language, ("README.md", "solutions/TEACHING.md"))


def repository_name() -> str | None:
    """`owner/name` on GitHub, from `Repository` under `[project.urls]`; None while there is no such line.

    Raises: ValueError if it is another kind of address.
    """
    urls = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    if "Repository" not in urls:
        return None
    address = ADDRESS.fullmatch(urls["Repository"])
    if address is None:
        raise ValueError(
            "pyproject.toml, [project.urls]: expected Repository to be https://github.com/OWNER/NAME, which Binder and "
            f"Colab can open. Received: {urls['Repository']!r}"
        )
    return address["name"]


def launched() -> str:
    """What the links open: the tag of CHANGELOG.md's newest release, so that a course that has begun does not change.

    The branch `main` before the first release.
    """
    versions = VERSION.findall((REPOSITORY / "CHANGELOG.md").read_text("utf-8"))
    return f"v{versions[0]}" if versions else BRANCH


def notebook_path(lesson: str, language: str) -> str:
    """Where the lesson lies in the repository."""
    return f"course/{language}/{lesson}/{notebook_name(lesson)}.ipynb"


def binder_link(name: str, path: str) -> str:
    """Opens a notebook in JupyterLab on mybinder.org."""
    return f"https://mybinder.org/v2/gh/{name}/{launched()}?labpath={quote(path, safe='')}"


def colab_link(name: str, path: str) -> str:
    """Opens a notebook on Colab, which has TensorFlow but not the course."""
    return f"https://colab.research.google.com/github/{name}/blob/{launched()}/{path}"


def colab_cell(name: str) -> str:
    """Brings the course, the Keras that it is tested with, and the fonts of its figures to Colab; nothing elsewhere.

    An older Keras cannot read the course's trained networks. Colab's other packages stay as they are.
    """
    fonts = " ".join(package.replace("_", "-") for package, _ in FONTS.values())
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    keras = next(each for each in project["dependencies"] if each.startswith("keras"))
    return (
        "import sys\n"
        'if "google.colab" in sys.modules:\n'
        f'    %pip install --quiet --no-deps "git+https://github.com/{name}@{launched()}" "{keras}" {fonts}'
    )


def launch_section(language: str, name: str | None) -> str:
    """The README's section in one language, empty while the repository has no public address."""
    if name is None:
        return ""
    paths = {lesson: notebook_path(lesson, language) for lesson in LESSONS}
    rows = [
        f"| {lesson} | [Binder]({binder_link(name, path)}) | [Colab]({colab_link(name, path)}) |"
        for lesson, path in paths.items()
    ]
    return say("launch.section", language, rows="\n".join(rows), cell=colab_cell(name))


def lessons_table(language: str) -> str:
    """The README's table of lessons: each with a link to its notebook, its exercises, its question and its minutes."""
    keys = ("start_page.lesson", "links.exercises", "links.question", "effort.minutes")
    head = [say(key, language) for key in keys]
    rows = [
        f"| [{lesson}]({notebook_path(lesson, language)}) | {', '.join(f'`{name}`' for name in names)} "
        f"| {question(lesson, language)} | {lesson_minutes(lesson)} |"
        for lesson, names in LESSONS.items()
    ]
    return "\n".join([f"| {' | '.join(head)} |", "|---|---|---|--:|", *rows, ""])


def readmes() -> dict[str, str]:
    """The READMEs' file names and what belongs in them: as they are, but for the launch links and the table of lessons.

    Raises: ValueError if a README lacks the marks, or the address cannot be used.
    """
    name, texts = repository_name(), {}
    for language, file in READMES.items():
        text = (REPOSITORY / file).read_text("utf-8")
        text = between(text, file, BEGIN, END, launch_section(language, name))
        texts[file] = between(text, file, BEGIN_LESSONS, END_LESSONS, lessons_table(language))
    return texts


def between(text: str, file: str, begin: str, end: str, new: str) -> str:
    """A document with something else between two of its lines.

    Raises: ValueError if it lacks them.
    """
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"{file}: expected the lines {begin!r} and {end!r}, between which the build writes")
    return f"{before}{begin}\n{new}{end}{after}"
