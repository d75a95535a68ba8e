"""What an answer returned that its exercise does not ask for is told as what it is."""

from dataclasses import replace

import pytest

from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.mistake_matching import match_mistake, signature
from autograder.checking.returned import returned_none
from autograder.lessons.reference import lesson_namespace, mistakes
from curriculum.exercises import load


def answer_to(exercise: str, source: str):
    namespace = dict(lesson_namespace(load(exercise).lesson))
    exec(source, namespace)
    return namespace[exercise]


def verdict_on(exercise: str, source: str) -> Verdict:
    """The verdict without the usual mistakes."""
    measured = measure(answer_to(exercise, source), load(exercise), Challenge())
    return judge(load(exercise), measured, replace(load_expected(exercise), mistakes={}))


def is_named(exercise: str, source: str, mistake: str) -> bool:
    """Whether an answer is recognised as this usual mistake."""
    known = signature(measure(mistakes(exercise)[mistake], load(exercise), Challenge()))
    return match_mistake(measure(answer_to(exercise, source), load(exercise), Challenge()), {mistake: known}) == mistake


MODULE = """
def attention_module(z, heads, classes):
    masks = attention_head(z, heads)
    outputs, gates = output_head(z, masks, classes), head_gates(z, masks)
    hypothesis = ops.sum(outputs * gates[..., None], axis=1)
    return """
OF_MODULE = {
    "hypothesis": ("returned_too_few", "What came back (1): KerasTensor (None, 3)."),
    "masks": ("returned_too_few", "What came back (1): KerasTensor (None, 5, 7, 4)."),
    "{'hypothesis': hypothesis, 'masks': masks}": ("returned_dict", "a dictionary"),
    "keras.Model(z, [hypothesis, masks])": ("returned_model_for_several", "a keras.Model"),
    "'hypothesis, masks'": ("returned_text", "a text"),
    "np.ones(2)": ("returned_numpy", "a NumPy array of shape (2,)"),
    "layers.Dense(3)": ("returned_too_few", "What came back (1): Dense."),
    "hypothesis, masks, outputs": ("returned_too_many", "What came back (3): KerasTensor (None, 3), "),
    "[]": ("returned_too_few", "What came back (0): ()."),
    "[masks] * 9": ("returned_too_many", "What came back (9): "),
    "hypothesis, None": ("returned_none_among", "one of them is None"),
    "print(masks)": ("returned_none", "what stands behind it is None"),
}
COST = "def cost(block, height, width, channels, ratio=16):\n    return "
OF_COST = {
    "7": ("returned_too_few", "What came back (1): int."),
    "np.array([7, 8])": ("returned_array_for_several", "a NumPy array of shape (2,)"),
    "{'parameters': 7}": ("returned_dict", "a dictionary"),
    "'7 parameters'": ("returned_text", "a text"),
    "7, None": ("returned_none_among", "one of them is None"),
}
SINGLE = {
    ("double", "def double(x):\n    return {'y': 2 * x}"): ("returned_dict_for_one", "a dictionary of length 1"),
    ("double", "def double(x):\n    return 2"): ("not_a_array", "of type int"),
    ("double", "def double(x):\n    return x.astype(str)"): ("not_a_array", "ndarray of <U32"),
    ("double", "def double(x):\n    return [x]"): ("returned_list", "a list of length 1"),
    ("eca_kernel_size", "def eca_kernel_size(channels, b=1, gamma=2):\n    return np.ones(2)"): (
        "not_a_number",
        "ndarray of float64",
    ),
    ("resnet", "def resnet(input_shape, blocks, filters, classes, block=None):\n    return 1, 2"): (
        "not_a_model",
        "of type tuple",
    ),
    ("resnet", "def resnet(input_shape, blocks, filters, classes, block=None):\n    return keras.Input(input_shape)"): (
        "not_a_model",
        "KerasTensor (None, 28, 28, 1)",
    ),
}
RETURNED = {
    **{("attention_module", MODULE + value): told for value, told in OF_MODULE.items()},
    **{("cost", COST + value): told for value, told in OF_COST.items()},
    **SINGLE,
}


@pytest.mark.parametrize("answer", RETURNED, ids=lambda answer: f"{answer[0]} {answer[1].splitlines()[-1].strip()}")
def test_what_came_back_is_told(answer, tensorflow):
    kind, words = RETURNED[answer]
    verdict = verdict_on(*answer)
    assert verdict.finding.key == f"problem.{kind}"
    told = explanation(verdict, "en")
    assert words in told[0]
    assert len(explanation(verdict, "ko")) == len(told)


NAMED = [
    (
        "attention_module",
        "masks_not_returned",
        MODULE,
        "hypothesis",
        [value for value in OF_MODULE if value != "hypothesis"],
    ),
    ("attention_module", "three_returned", MODULE, "hypothesis, masks, gates", ["hypothesis, masks, outputs"]),
    ("cost", "parameters_only", COST, "7", [value for value in OF_COST if value != "7"]),
]


@pytest.mark.parametrize(("exercise", "mistake", "start", "like", "unlike"), NAMED)
def test_a_mistake_is_named_only_if_the_same_came_back(exercise, mistake, start, like, unlike, tensorflow):
    assert is_named(exercise, start + like, mistake)
    assert not [value for value in unlike if is_named(exercise, start + value, mistake)]


NONE = {
    "x = 2 * x": "returned_nothing",
    "return": "returned_nothing",
    "return None": "returned_nothing",
    "with open(x) as file:\n        print(file)": "returned_nothing",
    "return print(2 * x)": "returned_none",
    "y = []\n    return y.append(x)": "returned_none",
    "while True:\n        return print(x)": "returned_none",
    "try:\n        return print(x)\n    finally:\n        x = 2": "returned_none",
    "if x is None:\n        return 2": "returned_none_here",
    "for y in x:\n        return print(y)": "returned_none_here",
    "return 2 * x if x is None else None": "returned_none_here",
    "if x is None:\n        return x\n    return None": "returned_none_here",
}


@pytest.mark.parametrize("body", NONE)
def test_why_none_came_back_is_read_from_the_function(body):
    namespace = {}
    exec(f"def double(x):\n    {body}", namespace)
    assert returned_none(namespace["double"]).kind == NONE[body]


def test_what_is_no_plain_function_may_have_returned_none_in_any_way():
    from functools import partial

    assert returned_none(partial(print)).kind == "returned_none_here"
    assert returned_none(lambda x: print(x)).kind == "returned_none"


def test_print_behind_return_is_not_called_a_missing_return(tensorflow):
    assert not is_named("double", "def double(x):\n    return print(2 * x)", "nothing_returned")
    assert is_named("double", "def double(x):\n    print(2 * x)", "nothing_returned")
