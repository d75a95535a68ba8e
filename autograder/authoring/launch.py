"""Links in the READMEs that open a lesson on Binder or Colab, made from the repository's address in pyproject.toml."""

import re
import tomllib
from urllib.parse import quote

from autograder.lessons.master import read_master
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

BRANCH = "main"
READMES = {"en": "README.md", "ko": "README.ko.md"}
BEGIN = "<!-- begin: launch links. `make build` writes them; see CONTRIBUTING.md -->"
END = "<!-- end: launch links -->"
ADDRESS = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+)")
SECTIONS = {
    "en": """\
## Without installing anything

Each link opens a lesson in your browser. Binder has everything. Its first start takes some minutes, and what you write
there is gone when you leave, so download the notebook.

| lesson | in English | in Korean |
|---|---|---|
{rows}

On Colab, add a cell at the top and run this in it first:

```python
{cell}
```
""",
    "ko": """\
## 설치하지 않고 시작하기

링크를 누르면 브라우저에서 레슨이 열립니다. Binder에는 필요한 것이 모두 들어 있습니다. 처음에는 시작하는 데 몇 분이
걸립니다. 창을 닫으면 작성한 내용이 사라지므로 노트북을 내려받아 두세요.

| 레슨 | 영어판 | 한국어판 |
|---|---|---|
{rows}

Colab에서는 맨 위에 셀을 하나 추가하고 다음 세 줄을 먼저 실행합니다.

```python
{cell}
```
""",
}


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
    """Brings the course, and the font of Korean figures, to Colab, and does nothing elsewhere.

    Colab's own packages stay as they are.
    """
    return (
        "import sys\n"
        'if "google.colab" in sys.modules:\n'
        f'    %pip install --quiet --no-deps "git+https://github.com/{name}@{BRANCH}" koreanize-matplotlib'
    )


def launch_section(language: str, name: str | None) -> str:
    """The README's section in one language, empty while the repository has no public address."""
    if name is None:
        return ""
    rows = (f"| {lesson} | " + " | ".join(_links(name, lesson)) + " |" for lesson in LESSONS)
    return SECTIONS[language].format(rows="\n".join(rows), cell=colab_cell(name))


def _links(name: str, lesson: str) -> list[str]:
    paths = [notebook_path(lesson, language) for language in LANGUAGES]
    return [f"[Binder]({binder_link(name, path)}) · [Colab]({colab_link(name, path)})" for path in paths]


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
