"""Ready-made blocks are remarked on wherever an answer takes them from, and nothing else is."""

import ast
from functools import cache

import pytest

from autograder.grading import ready_made
from autograder.grading.demo import answer_names, answer_source, mistake_names, mistake_source, submission
from autograder.grading.extraction import Remark, extract, rebuild
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER, solution_source
from benchmarks import attacks
from curriculum.exercises import LESSONS, all_names, load
from curriculum.messages import LANGUAGES
from tests.conftest import sampled

ECA = "coursekit.models.attention.eca"


@cache
def handed_out(lesson: str, language: str = "en"):
    """The lesson's master, and the notebook that was handed out."""
    master = read_master(lesson)
    return master, student_notebook(instructor_notebook(master, language))


def remarks(lesson: str, answers: dict[str, str], before: str = "", after: str = "") -> list[Remark]:
    """Remarks on a notebook with these answers, with a cell of the student's own at its beginning or its end."""
    _, release = handed_out(lesson)
    content = {"cells": [dict(cell) for cell in release["cells"]], "metadata": release["metadata"]}
    for cell in content["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    for source, at in ((before, 3), (after, len(content["cells"]))):
        if source:
            content["cells"].insert(at, attacks.extra(source))
    return [*ready_made.remarks(rebuild(release, extract(content, release)), release)]


WAYS = {
    "imported": (
        "from coursekit.models.attention import eca\n\ndef eca_block(inputs, b=1, gamma=2):\n    return eca(inputs)",
        ECA,
    ),
    "inside": (
        "def eca_block(x, b=1, gamma=2):\n    from coursekit.models.attention import eca as e\n    return e(x)",
        ECA,
    ),
    "module": (
        "import coursekit.models as m\n\ndef eca_block(inputs, b=1, gamma=2):\n    return m.attention.eca(inputs)",
        ECA,
    ),
    "renamed": ("from coursekit.models.attention import eca as eca_block", ECA),
    "assigned": ("from coursekit import models\neca_block = models.attention.eca", ECA),
    "partial": (
        "import functools\nfrom coursekit.models.attention import eca\neca_block = functools.partial(eca)",
        ECA,
    ),
    "star": (
        "from coursekit.models.attention import *\n\ndef eca_block(inputs, b=1, gamma=2):\n    return eca(inputs)",
        ECA,
    ),
    "in a try": (
        "try:\n    from coursekit.models.attention import eca\nexcept ImportError:\n    pass\n\n"
        "def eca_block(inputs, b=1, gamma=2):\n    return eca(inputs)",
        ECA,
    ),
    "import_module": (
        'import importlib\nm = importlib.import_module("coursekit.models.attention")\n\n'
        "def eca_block(inputs, b=1, gamma=2):\n    return m.eca(inputs)",
        "coursekit.models.attention",
    ),
    "__import__": (
        'def eca_block(x, b=1, gamma=2):\n    return __import__("coursekit.models.attention").models.attention.eca(x)',
        "coursekit.models.attention",
    ),
    "exec": ('exec("from coursekit.models.attention import eca as eca_block")', "coursekit.models.attention"),
    "globals": ("from coursekit.models.attention import eca\nglobals()['eca' + '_block'] = eca", ECA),
    "getsource": (
        "import inspect\nfrom coursekit.models.attention import eca\nsource = inspect.getsource(eca)\nexec(source)\n\n"
        "def eca_block(inputs, b=1, gamma=2):\n    return ready(source)(inputs)",
        ECA,
    ),
    "class": (
        "from coursekit.models.attention import eca\n\nclass Mine:\n    def __call__(self, x): return eca(x)\n\n"
        "eca_block = Mine()",
        ECA,
    ),
    "applications": (
        "def eca_block(inputs, b=1, gamma=2):\n    return keras.applications.EfficientNetB0().layers[3](inputs)",
        "keras.applications.EfficientNetB0",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_ready_made_block_is_remarked_on(way):
    source, what = WAYS[way]
    found = remarks("5-eca", {"eca_block": source})
    assert [(remark.key, remark.cell) for remark in found] == [("ready_made", "eca_block")]
    assert what in found[0].what


@pytest.mark.parametrize("way", ["imported", "star", "import_module"])
def test_also_through_cells_of_ones_own(way):
    head, _, answer = WAYS[way][0].partition("\n\n")
    found = remarks("5-eca", {"eca_block": answer}, before=head)
    assert [remark.cell for remark in found] == ["eca_block"]


def test_a_helper_of_ones_own_that_uses_one():
    helper = "from coursekit.models.attention import eca\n\ndef mine(x):\n    return eca(x)"
    found = remarks(
        "5-eca", {"eca_block": "def eca_block(inputs, b=1, gamma=2):\n    return mine(inputs)"}, before=helper
    )
    assert found == [Remark("ready_made", "eca_block", ECA)]


@pytest.mark.parametrize(
    "source",
    [
        "from autograder.checking.expected import load_expected\nknown = load_expected('eca_block')",
        "import autograder.checking.measure as m\nm.measure = None",
        "import numpy as np\nnp.load('/course/data/expected/eca_block.npz')",
        "from autograder import checking",
        "import importlib\nimportlib.import_module('autograder.grading.worker.shell')",
        "from curriculum.exercises import load\ncases = load('eca_block').cases",
    ],
)
def test_what_belongs_to_the_checks_is_remarked_on_wherever_it_is_used(source):
    (found,) = remarks("5-eca", {}, before=source)
    assert found.key == "checks_used" and any(
        part in found.what for part in ("autograder.", "curriculum.", "data/expected")
    )


def test_looking_at_a_ready_made_block_is_no_use_of_it():
    curious = "from coursekit import models\nfrom coursekit.models.attention import eca\nmodels.resnet(50).summary()"
    right = {name: solution_source(read_master("5-eca").solution(name)) for name in LESSONS["5-eca"]}
    assert remarks("5-eca", right, before=curious, after=curious) == []


def test_the_last_meaning_of_a_name_counts():
    right = solution_source(read_master("10-self-attention").solution("cost"))
    taken = "from coursekit.models.cost import cost"
    assert remarks("10-self-attention", {"cost": right}, after=taken) == []
    assert remarks("10-self-attention", {"cost": f"{right}\n\n{taken}"}) == [
        Remark("ready_made", "cost", "coursekit.models.cost.cost")
    ]


@pytest.mark.parametrize("name", ["keras.applications.VGG16", "VGG16", "applications.VGG16"])
def test_what_the_task_asks_for_is_not_remarked_on(name):
    source = (
        "from keras import applications\nfrom keras.applications.vgg16 import VGG16\n\n"
        f"def vgg16_cbam(input_shape, backbone={name}):\n    return backbone(False, input_shape=input_shape)"
    )
    assert remarks("6-cbam", {"vgg16_cbam": source}) == []
    other = source.replace("VGG16", "VGG19").replace("vgg16 ", "vgg19 ")
    assert [remark.key for remark in remarks("6-cbam", {"vgg16_cbam": other})] == ["ready_made"]


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["1"] * 3000),
        "x = y" + ".a" * 3000,
        "x = y\n" + "if x: pass\n" + "elif x: pass\n" * 1200,
        "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(600)),
    ],
)
def test_deep_code_is_read_too(source):
    right = solution_source(read_master("5-eca").solution("eca_block"))
    uses = f"{source}\nfrom coursekit.models.attention import eca as f600\ndef eca_block(inputs): return f0(inputs, x)"
    assert remarks("5-eca", {"eca_block": right}, before=source) == []
    assert len(remarks("5-eca", {"eca_block": uses})) == ("f600()" in source)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lessons_themselves_are_not_remarked_on(lesson, language):
    """With the reference's answers, or with none; experiments are not read."""
    master, release = handed_out(lesson, language)
    for answers in ({}, {name: solution_source(master.solution(name)) for name in LESSONS[lesson]}):
        taken = extract(attacks.opened(submission(master, language, answers)), release)
        assert [*ready_made.remarks(rebuild(release, taken), release)] == []


@pytest.mark.slow  # every answer of the bank
@pytest.mark.parametrize("name", sampled(all_names(), in_ci=all_names()[::6]))
def test_no_answer_of_the_bank_is_remarked_on(name):
    for names, source in ((answer_names, answer_source), (mistake_names, mistake_source)):
        for answer in names(name):
            assert remarks(load(name).lesson, {name: source(name, answer)}) == [], answer


def test_the_bank_uses_no_course_package():
    """Or else the test above would have to allow for it."""
    for folder in (ANSWERS_FOLDER, MISTAKES_FOLDER):
        for path in folder.glob("*.py"):
            modules = [
                node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
            ]
            assert not [module for module in modules if module and module.startswith("coursekit.models")], path
