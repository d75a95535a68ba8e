"""Links in the READMEs that open a lesson on Binder or Colab, made from the repository's address in pyproject.toml."""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote

from autograder.lessons.master import read_master
from coursekit.plots.style import FONTS
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY

BRANCH = "main"
BEGIN = "<!-- begin: launch links. `make build` writes them; see CONTRIBUTING.md -->"
END = "<!-- end: launch links -->"
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


def notebook_path(lesson: str, language: str) -> str:
    """Where the lesson lies in the repository."""
    return f"course/{language}/{lesson}/{read_master(lesson).notebook}.ipynb"


def binder_link(name: str, path: str) -> str:
    """Opens a notebook in JupyterLab on mybinder.org."""
    return f"https://mybinder.org/v2/gh/{name}/{BRANCH}?labpath={quote(path, safe='')}"


def colab_link(name: str, path: str) -> str:
    """Opens a notebook on Colab, which has TensorFlow but not the course."""
    return f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{path}"


def colab_cell(name: str) -> str:
    """Brings the course, and the fonts of its figures, to Colab, and does nothing elsewhere.

    Colab's own packages stay as they are.
    """
    fonts = " ".join(package.replace("_", "-") for package, _ in FONTS.values())
    return (
        "import sys\n"
        'if "google.colab" in sys.modules:\n'
        f'    %pip install --quiet --no-deps "git+https://github.com/{name}@{BRANCH}" {fonts}'
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


def readmes() -> dict[str, str]:
    """The READMEs' file names and what belongs in them: as they are, but for the launch links.

    Raises: ValueError if a README lacks the two marks, or the address cannot be used.
    """
    name, texts = repository_name(), {}
    for language, file in READMES.items():
        text = (REPOSITORY / file).read_text("utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise ValueError(f"{file}: expected the lines {BEGIN!r} and {END!r}, between which the launch links belong")
        texts[file] = f"{before}{begin}\n{launch_section(language, name)}{end}{after}"
    return texts
