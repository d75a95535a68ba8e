"""Tasks without points: predictions are answered once and on the spot, broken blocks are tried without a hint."""

import json
import re
from html import unescape

import pytest
from nbformat.v4 import new_output

from autograder import design, mend
from autograder.authoring.lesson_page import WIDGET, lesson_page
from autograder.checking import progress
from autograder.checking.asked import CourseError
from autograder.checking.tasks import Question
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from autograder.lessons.reference import lesson_namespace
from coursekit.models.attention.squeeze_excitation import round_to_8
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, catalogue, set_language
from curriculum.predictions import MOST_IN_A_LESSON, PREDICTIONS
from tests.faults import FAULTS

ASKED = re.compile(r'^predict\("(\w+)"\)', re.MULTILINE)
BROKEN = re.compile(r'^mend\((\w+), "(\w+)"\)', re.MULTILINE)


def answered(name, said):
    question = Question(name)
    question.field.value = said
    question.button.click()
    return question


def told(question):
    return re.sub("<[^>]*>", "", question.verdict.value)


@pytest.fixture
def number():
    """The name of a question for a number: 1,096."""
    return "gates_of_64"


@pytest.mark.parametrize("said", ["1096", "1,096", " 1 096 ", "1096.0"])
def test_a_right_number_is_told_so_however_it_is_written(number, said):
    assert told(answered(number, said)).startswith("✓")
    assert progress.predictions() == {number: True}


def test_a_wrong_number_is_answered_on_the_spot(number):
    question = answered(number, "1095")
    assert told(question).startswith("✗") and "1095" in told(question) and "1,096" in told(question)
    assert question.button.disabled and question.field.disabled
    assert progress.predictions() == {number: False}


@pytest.mark.parametrize("said", ["", "many", "1.096.000"])
def test_what_is_no_number_is_no_answer(number, said):
    question = answered(number, said)
    assert told(question).startswith("Write a number") and not question.button.disabled
    assert progress.predictions() == {}


def test_a_choice_has_to_be_made_first():
    question = Question("squeezed_twice")
    question.button.click()
    assert told(question).startswith("Choose") and progress.predictions() == {} and not question.button.disabled
    question.field.value = "same"
    question.button.click()
    assert progress.predictions() == {"squeezed_twice": True}


def test_how_far_off_a_number_may_be():
    assert [told(answered("gate_with_tanh", said))[0] for said in ("0.7", "0.72", "0.74")] == list("✓✓✗")


def test_the_first_prediction_counts(number):
    answered(number, "5")
    assert "first prediction is kept" in told(answered(number, "1096"))
    assert progress.predictions() == {number: False}


def test_nothing_is_told_before_an_answer():
    for name, asked in PREDICTIONS.items():
        question = Question(name)
        assert question.verdict.value == "" and not question.field.value
        if not question.options:
            assert f"{asked.right:,}" not in question.children[0].value


def test_predictions_stay_when_a_check_is_recorded_and_are_taken_along(number, tmp_path, capsys):
    progress.record_prediction(number, True)
    progress.record_mended("bam_spatial_gate")
    progress.record_check("double", 2)
    brought = tmp_path / "brought.json"
    brought.write_text(
        json.dumps({"exercises": {}, "predictions": {number: False, "six_masks": False}, "mended": {"cost": True}}),
        "utf-8",
    )
    progress.progress(restore=brought)
    assert progress.predictions() == {number: True, "six_masks": False}
    assert progress.mended() == {"bam_spatial_gate": True, "cost": True}
    assert progress.read()["double"]["points"] == 2
    out = capsys.readouterr().out
    assert "1 of 2 right" in out and "bam_spatial_gate" in out


@pytest.mark.parametrize("kept", ['"many"', '{"a b": true}', '{"six_masks": 1}'])
def test_what_are_no_predictions_is_no_progress(kept, capsys):
    path = progress.progress_file()
    path.write_text(f'{{"exercises": {{}}, "predictions": {kept}}}', "utf-8")
    assert progress.read() == {} and "could not be read" in capsys.readouterr().out


def test_nbgrader_predicts_nothing(number, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    progress.record_prediction(number, True)
    assert progress.predictions() == {}


def lessons_of_predictions():
    asked = {
        lesson: [name for cell in read_master(lesson).cells for name in ASKED.findall(cell.source)]
        for lesson in LESSONS
    }
    return {lesson: names for lesson, names in asked.items() if names}


def test_every_prediction_is_asked_once_in_its_lesson_and_at_most_three_in_one():
    found = [(lesson.partition("-")[2], name) for lesson, names in lessons_of_predictions().items() for name in names]
    assert sorted(found) == sorted((asked.lesson, name) for name, asked in PREDICTIONS.items())
    assert all(len(names) <= MOST_IN_A_LESSON for names in lessons_of_predictions().values())
    assert list(lessons_of_predictions()) == list(LESSONS)[1:]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PREDICTIONS)
def test_a_prediction_is_whole_in_every_language(name, language):
    set_language(language)
    asked, sentences = PREDICTIONS[name], catalogue(language)["tasks"][name]
    assert sentences["asks"].endswith(("?", ")"))
    if isinstance(asked.right, str):
        assert asked.right in sentences["options"] and len(sentences["options"]) >= 3
        assert asked.within == 0 and told(answered(name, asked.right)).startswith("✓")
    else:
        assert "options" not in sentences and f"{asked.right:,}" in sentences["why"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", list(LESSONS)[1:])
def test_no_number_stands_in_a_lesson_before_it_is_predicted(lesson, language):
    cells = student_notebook(instructor_notebook(read_master(lesson), language)).cells
    for place, cell in enumerate(cells):
        for name in ASKED.findall(cell.source):
            right = PREDICTIONS[name].right
            if not isinstance(right, str) and right >= 100:  # smaller ones stand everywhere for something else
                before = "\n".join(each.source for each in cells[:place])
                assert not re.search(rf"\b({right}|{right:,})\b", before), name
            assert cells[place - 1].cell_type == "markdown"


def broken_blocks():
    return [
        (lesson, exercise, function, cell.source)
        for lesson in LESSONS
        for cell in read_master(lesson).cells
        for function, exercise in BROKEN.findall(cell.source)
    ]


def test_every_lesson_from_3_on_has_one_block_to_mend_and_no_block_is_broken_twice():
    lessons, exercises, *_ = zip(*broken_blocks(), strict=True)
    assert list(lessons) == list(LESSONS)[3:] and sorted(exercises) == sorted(FAULTS)


def named(lesson):
    """What has a name where a block is to be mended: all of its lesson, and what a text says can be imported."""
    return lesson_namespace(lesson) | {"round_to_8": round_to_8}


def with_pieces(source, pieces):
    for old, new in pieces.items():
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


@pytest.mark.parametrize(("lesson", "exercise", "function", "source"), broken_blocks())
def test_a_broken_block_is_refused_until_both_faults_are_mended(lesson, exercise, function, source, capsys):
    """Its exercise is one of an earlier lesson, and its mistake is not named."""
    assert list(LESSONS).index(lesson) > [exercise in names for names in LESSONS.values()].index(True)
    first, second = FAULTS[exercise]
    for mended in ({}, first, second):
        exec(with_pieces(source, mended), named(lesson))
        out = capsys.readouterr().out
        assert "✗" in out and "still broken" in out and "mistake" not in out, mended
        assert progress.mended() == {}
    exec(with_pieces(source, first | second), named(lesson))
    assert progress.mended() == {exercise: True} and "works again" in capsys.readouterr().out


def test_mending_raises_nothing_and_gives_no_points(capsys):
    mend(lambda x: x, "double")
    mend(lambda x: 2 * x, "double")
    assert progress.read() == {}
    broken, _, mended = capsys.readouterr().out.partition("still broken")
    assert "✗" in broken and "✗" not in mended and "works again" in mended


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda inputs, ratio=4: inputs * {}["gates"], "KeyError"),
        (lambda inputs, ratio=4: None, "return"),
        (lambda x: x, "It should be <lambda>(inputs, ratio=4)"),
    ],
    ids=["stops", "returns nothing", "other arguments"],
)
def test_where_nothing_can_be_compared_the_reason_is_told(answer, words, tensorflow, capsys):
    mend(answer, "se_block")
    out = capsys.readouterr().out
    assert words in out and "Next: " in out and "still broken" not in out and "hint(" not in out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [None, "se_block", 3, [abs]], ids=repr)
@pytest.mark.parametrize(
    "task", [lambda value: mend(value, "se_block"), lambda value: design(value, channels=8, budget=40)]
)
def test_what_is_no_function_is_named(task, value, language):
    set_language(language)
    with pytest.raises(CourseError, match=type(value).__name__):
        task(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_the_question_and_a_folded_answer(language):
    ran = instructor_notebook(read_master("5-eca"), language)
    for cell in ran.cells:
        if cell.cell_type == "code":
            shown = {WIDGET: {}, "text/plain": "Question()"}
            cell.outputs = [new_output("display_data", shown)] if ASKED.search(cell.source) else []
    page = lesson_page(ran, {}, None, solutions=False)
    (answer,) = [output["data"]["text/html"] for cell in page.notebook.cells for output in cell.get("outputs", [])]
    asked, _, folded = unescape(answer).partition("<details>")
    sentences = catalogue(language)["tasks"]["dense_against_window"]
    assert sentences["asks"] in asked and sentences["why"] in folded and sentences["why"] not in asked


DESIGNED = re.compile(r"^design\((\w+), channels=(\d+), budget=(\d+)\)", re.MULTILINE)


def gates_from(squeezed_gates):
    """An answer that multiplies x by gates made from its means."""
    layers = keras_layers()

    def own(x):
        return x * squeezed_gates(layers.GlobalAveragePooling2D(keepdims=True)(x))

    return own


def keras_layers():
    from keras import layers

    return layers


def bottleneck(units):
    layers = keras_layers()
    return lambda z: layers.Dense(64, activation="sigmoid")(layers.Dense(units, activation="relu")(z))


def window(size):
    layers = keras_layers()

    def gates(z):
        z = layers.Reshape((64, 1))(z)
        z = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")(z)
        return layers.Reshape((1, 1, 64))(z)

    return gates


def grouped(z):
    """Two groups of channels, each with a bottleneck of its own: no gate sees the other group."""
    layers = keras_layers()
    halves = [z[..., :32], z[..., 32:]]
    made = [layers.Dense(32, activation="sigmoid")(layers.Dense(2, activation="tanh")(half)) for half in halves]
    return layers.Concatenate()(made)


def designed(answer, capsys):
    design(answer, channels=64, budget=400)
    return capsys.readouterr().out


@pytest.mark.parametrize(("made", "count"), [((bottleneck, 2), 322), ((bottleneck, 1), 193), ((window, 127), 127)])
def test_a_design_within_the_budget_is_told_so_and_kept(made, count, tensorflow, capsys):
    kind, size = made
    assert designed(gates_from(kind(size)), capsys).startswith(f"✓ {count} of 400 parameters")
    assert progress.designed() == {"gates_of_64": True} and progress.read() == {}
    progress.progress()
    assert "gates_of_64" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("gates", "words"),
    [
        (lambda: bottleneck(8), "1,096 trainable parameters. The budget is 400"),
        (lambda: window(5), "depends on 3 of them"),
        (lambda: window(125), "depends on 63 of them"),
        (lambda: grouped, "depends on 32 of them"),
        (lambda: lambda z: keras_layers().Dense(1, activation="sigmoid")(z), "the same gate"),
        (lambda: lambda z: z * 0 + 1, "gave back x as it was"),
    ],
)
def test_what_a_design_lacks_is_named(gates, words, tensorflow, capsys):
    out = designed(gates_from(gates()), capsys)
    assert out.startswith("✗") and words in out
    assert progress.designed() == {}


def test_a_design_that_is_no_gate_or_stops_is_told_and_raises_nothing(tensorflow, capsys):
    layers = keras_layers()
    assert designed(lambda x: layers.Conv2D(64, 1)(x[..., :2]), capsys).startswith("✗")
    assert designed(lambda x: x + {}["gates"], capsys).startswith("✗")
    said = designed(layers.Dense(3), capsys)  # no function, but it can be called; it has no name and no hint
    assert said.startswith("✗ Dense(x[") and "hint(" not in said and "points" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_lesson_hands_out_to_be_designed_is_over_its_budget(language, tensorflow, capsys):
    set_language(language)
    found = [
        (lesson, cell.in_language(language))
        for lesson in LESSONS
        for cell in read_master(lesson).cells
        if DESIGNED.search(cell.source)
    ]
    assert [lesson for lesson, _ in found] == ["5-eca"]
    for lesson, source in found:
        exec(source, dict(lesson_namespace(lesson)))
        out = capsys.readouterr().out
        assert out.startswith("✗") and "4,160" in out and "400" in out
        assert ("The budget" in out) == (language == "en") and progress.designed() == {}
