"""What stands beside the code agrees with it: tables of lessons, points, versions, forms, hooks, paths."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from nbgrader.preprocessors import Execute
from nbgrader.validator import Validator
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.launch import GUIDES_FOR_TEACHERS, READMES
from autograder.grading.config import configure
from autograder.lessons.master import read_master
from benchmarks.hub_class import documented
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from experiments.prose import WORDS

GITHUB = REPOSITORY / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))  # config.yml is none

ARCHITECTURE = "docs/ARCHITECTURE.md"
PLACES, HUB, LARGE = "docs/places.md", "docs/hub.md", "docs/large-classes.md"
GUIDES = (
    *(ARCHITECTURE, PLACES, LARGE),
    *("tests/README.md", "CONTRIBUTING.md", "experiments/README.md", "benchmarks/README.md"),
)
NOT_COMMITTED = (".venv", "build", "dist", "solutions/en", "solutions/ko")  # a fresh clone has none of these
IN_BACKTICKS = re.compile(r"`([^`]+)`")
PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)*/|[\w.*-]+(/[\w.*-]+)+|[\w*][\w.*-]*\.(j2|json|md|npz|py|toml|yml)")
# `measure()`, `Judge.score()`, `Verdict`, `TOLERANCE`; a plain word may be anything
HELD_BY = re.compile(r"`((?:\w+/)*\w+\.py)::(test_\w+)`")  # a test, by its file in tests/
VARIABLE = re.compile(r"environ(?:\.get\(|\[)\"((?:COURSE|FASHION)_[A-Z_]+)\"")
DEFINED = re.compile(r"[a-zA-Z]\w*(\.\w+)?\(\)|[A-Z]\w+(\.\w+)?")


def read(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table."""
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_git_leaves_out_what_the_guides_have_instructors_put_into_a_clone():
    """Class lists, downloads, what comes of them, the key of a cluster."""
    guides = "".join(map(read, ("solutions/TEACHING.md", "solutions/TEACHING.ko.md", HUB, LARGE)))
    named = {*re.findall(r"[\w.-]+\.(?:csv|zip|xls|db|pem)\b", guides), *re.findall(r"--certificates ([\w-]+)", guides)}
    assert {"class.csv", "download.zip", "worksheet.csv", "gradebook.db", "grading-certificates"} <= named
    paths = [name if "." in name else f"{name}/key" for name in named if name not in ("certificate.pem", "key.pem")]
    paths += ["roster.csv", "worksheet-3-channel-attention.csv", "gradebook.db-journal"]
    command = ["git", "-c", f"safe.directory={REPOSITORY}", "check-ignore", *paths]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert sorted(done.stdout.split()) == sorted(paths)


@pytest.mark.parametrize("readme", READMES.values())
def test_a_readme_names_every_lesson_and_exercise_in_their_order(readme):
    table = [(re.match(r"\[(\d+-[^]]*)\]", row[0]), row) for row in rows(read(readme))]
    named = {lesson[1]: tuple(re.findall(r"`(\w+)`", row[1])) for lesson, row in table if lesson}
    assert named == LESSONS
    assert list(named) == list(LESSONS)


@pytest.mark.parametrize("guide", GUIDES_FOR_TEACHERS.values())
def test_the_plan_of_a_course_has_every_lesson_with_its_points(guide):
    planned = [row for row in rows(read(guide)) if re.fullmatch(r"\d+", row[0])]
    points = {row[1]: int(row[-1]) for row in planned}
    assert points == {lesson: sum(load(name).total for name in names) for lesson, names in LESSONS.items()}
    assert list(points) == list(LESSONS)


@pytest.mark.parametrize(("lesson", "exercises"), list(LESSONS.items())[1:])
def test_a_lesson_says_how_many_exercises_and_points_it_has(lesson, exercises):
    """In every language, if it says so; in English numbers may be words."""
    says = {"en": r"(\w+) (?:short )?exercises?, (\d+) points", "ko": r"연습 문제 (\d+)개, (\d+)점"}
    told = {}
    for language in LANGUAGES:
        text = " ".join(cell.source for cell in read_master(lesson).cells if cell.lang == language)
        found = re.findall(says[language], text.replace("\n", " "), re.IGNORECASE)
        told[language] = [(WORDS.get(count.lower()) or int(count), int(points)) for count, points in found]
    right = (len(exercises), sum(load(name).total for name in exercises))
    assert all(each in ([], [right]) for each in told.values())
    assert told["en"] == told["ko"]


def sections(text: str) -> list[dict[str, object]]:
    """What each section of a document has that is the same in every language: its level, code, tables and links."""
    found = []
    for part in re.split(r"^(?=#+ )", re.sub(r"^```.*?^```", _without_comments, text, flags=re.M | re.S), flags=re.M):
        blocks = re.findall(r"^```.*?^```", part, re.M | re.S)
        prose = re.sub(r"^```.*?^```", "", part, flags=re.M | re.S)
        found.append(
            {
                "level": len(re.match("#*", part)[0]),
                "code": blocks,
                "code in sentences": Counter(_in_any_language(span) for span in IN_BACKTICKS.findall(prose)),
                "tables": [[_without_words(cell) for cell in row] for row in rows(prose)],
                "links": Counter(_in_any_language(link.partition("#")[0]) for link in LINK.findall(prose)),
            }
        )
    return found


LINK = re.compile(r"\]\(([^)]+)\)")


def _without_comments(block: re.Match[str]) -> str:
    """A block of code, of each line what stands before its comment, or before an explanation that is set apart."""
    return "\n".join(re.split(r" +# | {2,}", line)[0] for line in block[0].split("\n"))


def _without_words(cell: str) -> str | list[str]:
    """What a cell of a table has in every language: its number, or its code."""
    return sorted(map(_in_any_language, IN_BACKTICKS.findall(cell))) if re.search(r"[^\W\d]", cell) else cell


def _in_any_language(text: str) -> str:
    """A path or an address, whichever language it leads to."""
    languages = "|".join(LANGUAGES)
    return re.sub(rf"(?<=course/)({languages})\b|(\.({languages}))(?=\.md)|(?<=-)({languages})(?=\.png)", "", text)


@pytest.mark.parametrize("documents", [READMES, GUIDES_FOR_TEACHERS], ids=["readmes", "teaching"])
def test_a_document_is_whole_in_every_language(documents):
    original, *translations = (sections(read(name)) for name in documents.values())
    assert len(original) > 5 and translations
    for translated in translations:
        assert translated == original


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("### ", "## "),
        ("`--force`", "`--fast`"),
        ("| 2 |\n", "| 2 | |\n"),
        ("| 2 | 2-resnet", "| 3 | 2-resnet"),
        ("(../auto", "(auto"),
        ("roster class", "roll class"),
    ],
)
def test_a_document_that_has_something_else_is_found(old, new):
    text = read(GUIDES_FOR_TEACHERS["ko"])
    assert old in text
    assert sections(text.replace(old, new, 1)) != sections(read(GUIDES_FOR_TEACHERS["en"]))


def anchors(text: str) -> set[str]:
    """What links to the headings of a document end in, on GitHub."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", [*READMES.values(), *GUIDES_FOR_TEACHERS.values(), *GUIDES])
def test_links_within_the_repository_lead_somewhere(document):
    links = [link for link in LINK.findall(read(document)) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = (REPOSITORY / document).parent / path if path else REPOSITORY / document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def test_a_document_leads_to_its_own_language():
    """To the same document in the other languages, at its top, and otherwise to what is in its own."""
    for documents in (READMES, GUIDES_FOR_TEACHERS):
        for language, document in documents.items():
            names = [Path(other).name for each, other in documents.items() if each != language]
            links = [link for link in LINK.findall(read(document)) if link not in names]
            others = "|".join(other for other in LANGUAGES if other != language)
            assert not [
                link for link in links if re.search(rf"course/({others})/|\.({others})\.md|-({others})\.png", link)
            ]
            assert set(names) <= set(LINK.findall(read(document)))


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format requires
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    (author,) = citation["authors"]
    assert re.search(rf"Copyright \(c\) \d+ {re.escape(author['name'])}$", read("LICENSE"), re.MULTILINE)
    changelog = read("CHANGELOG.md")
    assert "## [Unreleased]" in changelog and project["version"] in changelog


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_one_as_github_takes_them(path):
    """https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests"""
    form = yaml.safe_load(path.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(form) <= {"name", "description", "title", "labels", "body"}
    ids = [element["id"] for element in form["body"] if element["type"] != "markdown"]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[\w-]+", each) for each in ids)
    for element in form["body"]:
        assert set(element) <= {"type", "id", "attributes", "validations"}
        attributes = element["attributes"]
        if element["type"] == "markdown":
            assert set(attributes) == {"value"} and re.search("[가-힣]", attributes["value"])
            continue
        known = {"label", "description", "placeholder", "render", "multiple", "options"}
        assert element["type"] in ("input", "textarea", "dropdown") and {"label"} <= set(attributes) <= known
        assert all(isinstance(attributes[key], str) for key in ("label", "description"))
        assert re.search("[가-힣]", attributes["description"]), element["id"]
        assert ("options" in attributes) == (element["type"] == "dropdown")
        assert "render" not in attributes or element["type"] == "textarea"
        assert isinstance(element.get("validations", {}).get("required", False), bool)


def test_there_is_a_form_for_each_thing_that_goes_wrong():
    assert [path.stem for path in FORMS] == ["lesson_is_wrong", "right_answer_refused", "wrong_answer_accepted"]


def test_hooks_are_the_projects_own_and_do_what_make_check_does():
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repository["repo"] == "local"
    commands = [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]]
    checked = re.search(r"^check:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)[1].split("\n\t")
    assert sorted(commands) == sorted(line.strip() for line in checked)
    assert all({"id", "name", "entry", "language"} <= set(hook) for hook in repository["hooks"])


def in_backticks(text: str) -> list[str]:
    """The words that stand as code within a sentence; what stands for any name becomes a star."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [re.sub(r"<\w+>", "*", word) for span in IN_BACKTICKS.findall(prose) for word in span.split()]


def found_at(path: str, document: str) -> list[Path]:
    """What a document's path may mean: it begins at the root, at the document, or in `autograder/`."""
    bases = (REPOSITORY, (REPOSITORY / document).parent, REPOSITORY / "autograder")
    return [found for base in bases for found in base.glob(path.rstrip("/"))]


def missing_paths(text: str, document: str) -> list[str]:
    """The paths in a document's text that are not there."""
    paths = [word for word in in_backticks(text) if PATH.fullmatch(word)]
    committed = [path for path in paths if not any(map(Path(path).is_relative_to, NOT_COMMITTED))]
    return sorted({path for path in committed if not found_at(path, document)})


def definitions(path: Path) -> set[str]:
    """The names that a module defines, those in its classes as `Class.name`."""
    return set(_defined(ast.parse(path.read_text("utf-8")).body))


def _defined(body: list[ast.stmt], owner: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield owner + node.name
        if isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{node.name}.")
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (owner + target.id for target in targets if isinstance(target, ast.Name))


def missing_names(text: str, document: str) -> list[str]:
    """The functions, classes and constants that are in none of the modules named in their paragraph, item or row."""
    missing = []
    for part in re.split(r"\n\n|\n(?=\d+\. |\| |- )", text):
        words = in_backticks(part)
        modules = [found for word in words if word.endswith(".py") for found in found_at(word, document)]
        there = set().union(*map(definitions, modules))
        names = [word.removesuffix("()") for word in words if DEFINED.fullmatch(word)]
        missing += [name for name in names if modules and name not in there]
    return missing


@pytest.mark.parametrize("document", GUIDES)
def test_every_path_that_a_guide_names_is_there(document):
    assert not missing_paths(read(document), document)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`autograder/checking/judge.py`, `checking/judge.py`, `tests/`, `.ci/run` and `ARCHITECTURE.md`", []),
        ("`data/expected/<exercise>.json`, `solutions/lessons/*.py`, `python tests/conftest.py`", []),
        ("`build/x`, `.venv/bin`, `coursekit.data`, `@needs_sandbox`, `a = b`", []),
        ("`autograder/checking/no.py`", ["autograder/checking/no.py"]),
        ("`no/` and `no.md`", ["no.md", "no/"]),
        ("`python tests/no.py` and `data/expected/<exercise>.no`", ["data/expected/*.no", "tests/no.py"]),
        ("`.no/run` and `building/x`", [".no/run", "building/x"]),
    ],
)
def test_a_path_that_is_not_there_is_found(text, missing):
    assert missing_paths(text, ARCHITECTURE) == missing


def test_what_the_architecture_names_is_defined_where_it_says():
    text = read(ARCHITECTURE)
    assert len([word for word in in_backticks(text) if DEFINED.fullmatch(word)]) > 50
    assert not missing_names(text, ARCHITECTURE)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`judge()`, `Verdict.passed`, `credit()` and `ORDER` in `checking/judge.py`", []),
        ("`Case.fresh` in `curriculum/exercises/__init__.py`", []),
        ("`measure()` in `checking/judge.py`", ["measure"]),
        ("`Verdict.fails()` and `DISORDER` in `checking/judge.py`", ["Verdict.fails", "DISORDER"]),
        ("1. `judge()` in `checking/measure.py`\n2. `checking/judge.py`", ["judge"]),
    ],
)
def test_a_name_that_is_defined_elsewhere_is_found(text, missing):
    assert missing_names(text, ARCHITECTURE) == missing


def missing_tests(text: str) -> list[str]:
    """The tests that a text names as `file.py::test` and that are not there."""
    named = [(REPOSITORY / "tests" / file, test) for file, test in HELD_BY.findall(text)]
    return [f"{path.name}::{test}" for path, test in named if not path.exists() or test not in definitions(path)]


def test_all_that_works_where_courses_are_held_is_held_by_tests():
    table = [row for row in rows(read(PLACES)) if row[0] != "what"]
    assert len(table) > 40
    assert [row[0] for row in table if row[1] != "works" or not HELD_BY.search(row[2])] == []
    assert missing_tests(read(PLACES)) == []


def test_a_test_that_is_not_there_is_found():
    there = "`test_documents.py::test_a_test_that_is_not_there_is_found`"
    assert missing_tests(f"{there} `test_documents.py::test_no` `test_no.py::test_a`") == [
        "test_documents.py::test_no",
        "test_no.py::test_a",
    ]


def test_a_hubs_page_has_every_variable_that_the_course_reads():
    sources = [
        path
        for room in ("coursekit", "curriculum", "autograder/checking")
        for path in REPOSITORY.glob(f"{room}/**/*.py")
    ]
    read_there = {name for path in sources for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert len(read_there) >= 4
    assert read_there <= set(in_backticks(read(HUB)))


def test_validate_has_the_time_that_a_hubs_page_gives_it(tmp_path):
    """What stands there for everybody is read as nbgrader reads it; a clone and a course folder have the same."""
    (tmp_path / "nbgrader_config.py").write_text(documented("python", "c.Exchange.root"))
    documents, ours = PyFileConfigLoader("nbgrader_config.py", str(tmp_path)).load_config(), Config()
    configure(ours)
    executors = [Execute(parent=Validator(config=config)) for config in (Config(), documents, ours)]
    assert [(each.timeout, each.iopub_timeout) for each in executors] == [(30, 4), (900, 60), (900, 60)]
    assert Execute in Validator().preprocessors
