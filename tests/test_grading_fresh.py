"""A run's own challenge judges as the notebook's does, and asks for nothing that could be learnt by heart."""

from dataclasses import replace
from functools import wraps
from inspect import signature

import pytest
from keras import ops

from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import TOLERANCE
from autograder.checking.expected import Expected, load_expected
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.grading.judging import confirmed_wrong, is_telling
from autograder.grading.worker.vary_sizes import times, vary_sizes
from autograder.lessons.reference import mistakes, reference, right_answers
from curriculum.exercises import Case, Exercise, all_names, load

SEEDS = range(30)
# Arguments of which the notebook has every value there is.
ALL_THERE_ARE = {
    ("residual_block", "stride"),
    ("attention_residual_block", "stride"),
    ("bam_block", "combine"),
    ("bam_resnet", "combine"),
    ("cost", "block"),
}


def by_heart(exercise: Exercise):
    """The reference's answer to the notebook's own calls, and an error for any other."""
    right = reference(exercise.name)

    @wraps(right)
    def answer(*inputs, **arguments):
        if called(exercise, inputs, arguments) not in [
            called(exercise, *typed(exercise, case)) for case in exercise.cases
        ]:
            raise KeyError("not learnt")
        return right(*inputs, **arguments)

    return answer


def typed(exercise: Exercise, case: Case):
    """A call of an answer, with shapes for inputs."""
    return ([case.shape] if exercise.takes_input else []), case.extra_inputs | case.arguments


def called(exercise: Exercise, inputs, arguments):
    """What an answer sees of its call: shapes without the batch, if it is built before there is one, and arguments."""
    start = 0 if exercise.kind == "function" else 1
    values = {"": inputs[0], **arguments} if inputs else arguments
    shapes = {
        name: tuple(getattr(value, "shape", value))[start:] for name, value in values.items() if _is_input(name, value)
    }
    return shapes, {name: value for name, value in values.items() if name not in (*shapes, "name")}


def _is_input(name, value):
    return name == "" or hasattr(value, "shape") or name in ("masks", "gates")


@pytest.mark.parametrize("name", all_names())
def test_no_call_is_one_of_the_notebooks(name):
    exercise = load(name)
    known = [called(exercise, *typed(exercise, case)) for case in exercise.cases]
    for seed in SEEDS:
        fresh = vary_sizes(exercise, seed)
        assert fresh == vary_sizes(exercise, seed) or exercise.kind == "model"  # which is handed functions
        assert len(fresh.cases) == len(exercise.cases) * times(exercise)
        assert not [case for case in fresh.cases if called(exercise, *typed(exercise, case)) in known], seed


@pytest.mark.parametrize("name", all_names())
def test_every_argument_has_values_that_the_notebook_has_not(name):
    exercise = load(name)
    known, drawn = values(exercise), {}
    for seed in SEEDS:
        for argument, found in values(vary_sizes(exercise, seed)).items():
            drawn[argument] = drawn.get(argument, set()) | found
    assert set(drawn) == set(known)
    for argument, found in drawn.items():
        if (name, argument) in ALL_THERE_ARE:
            assert found == known[argument]
        else:
            assert len(found - known[argument]) >= 2, argument


def values(exercise: Exercise) -> dict[str, set]:
    """All values of each argument, functions by what they were made with, and of each axis of inputs but batches."""
    found: dict[str, set] = {}
    for case in exercise.cases:
        start = 0 if exercise.kind == "function" else 1  # where layers are built, there is no batch yet
        axes = {f"axis {n}": length for n, length in enumerate(case.shape[start:]) if exercise.takes_input}
        for name, shape in case.extra_inputs.items():
            axes |= {f"{name} {number}": length for number, length in enumerate(shape[start:])}
        for name, value in (axes | case.arguments).items():
            if callable(value):
                value = (value.__name__, *(cell.cell_contents for cell in value.__closure__ or ()))
            found.setdefault(name, set()).add(value)
    return found


# Exercises whose answers make bottlenecks, or call what does, and the ratio where a case names none.
RATIOS = {
    "channel_attention": 8,
    "se_block": 4,
    "attention_block": 8,
    "attention_autoencoder": 8,
    "attention_residual_block": 8,
    "attention_resnet": 8,
    "cbam_channel_attention": 8,
    "cbam_block": 8,
    "bam_channel_gate": 16,
    "bam_spatial_gate": 16,
    "bam_block": 16,
    "bam_resnet": 16,
}


@pytest.mark.parametrize("name", RATIOS)
def test_how_units_are_rounded_shows_in_the_notebook_and_in_every_draw(name):
    """Otherwise luck decides what a block earns whose channel attention, written before, rounds them up."""
    for asked in (load(name), *(vary_sizes(load(name), seed) for seed in SEEDS)):
        shares = [
            width / case.arguments.get("ratio", RATIOS[name]) for case in asked.cases for width in narrowed(name, case)
        ]
        assert [share for share in shares if share > 1 and share % 1 > 0.5], asked.cases


def narrowed(name: str, case: Case) -> tuple[int, ...]:
    """The channels of the maps that are put through a bottleneck."""
    filters = case.arguments.get("filters", case.shape[-1])
    filters = filters if isinstance(filters, tuple) else (filters,)
    return filters[:-1] if name == "bam_resnet" else filters  # nothing stands behind its last stage


def test_what_belongs_together_stays_together():
    for seed in SEEDS:
        for name in ("autoencoder", "attention_autoencoder"):
            for case in vary_sizes(load(name), seed).cases:
                assert all(length % 2 ** len(case.arguments["filters"]) == 0 for length in case.shape[1:3])
        for name in all_names():
            own_cases = [own for own in load(name).cases for _ in range(times(load(name)))]
            for own, case in zip(own_cases, vary_sizes(load(name), seed).cases, strict=True):
                assert (own.dtype, own.zero_weights, own.related) == (case.dtype, case.zero_weights, case.related)
                assert set(own.arguments) <= set(case.arguments) and set(own.extra_inputs) == set(case.extra_inputs)
                if "input_shape" in case.arguments:
                    assert case.shape[1:] == case.arguments["input_shape"]
                for shape in case.extra_inputs.values():
                    assert shape[:3] == case.shape[: len(shape[:3])]
                if case.related:
                    assert case.shape[0] >= 4


def test_designs_are_asked_for_nothing_larger_than_in_the_notebook():
    """Their parameters may grow faster than the budget does: in the notebook they were within it."""
    for name in ("my_attention", "my_network"):
        exercise = load(name)
        widest = max(case.shape[-1] for case in exercise.cases)
        sides = [side for case in exercise.cases for side in case.shape[1:3]]
        for seed in SEEDS:
            for case in vary_sizes(exercise, seed).cases:
                assert case.shape[-1] <= widest
                assert case.arguments.get("classes", 0) <= 10
                if name == "my_network":
                    assert max(case.shape[1:3]) <= max(sides) and min(case.shape[1:3]) >= min(sides)


def test_a_table_of_costs_is_worth_nothing():
    exercise = load("cost")
    learnt = by_heart(exercise)
    assert judge(exercise, measure(learnt, exercise, Challenge()), load_expected("cost")).passed
    fresh = vary_sizes(exercise, 3)
    expected = Expected(3, "", measure(reference("cost"), fresh, Challenge(3)), {})
    verdict = judge(fresh, measure(learnt, fresh, Challenge(3)), expected)
    assert verdict.points == 0 and not verdict.right_cases


def table_of_costs(known, spoilt):
    """An answer that knows some blocks, and the notebook's own calls by heart, the first `spoilt` of them wrong."""
    cost, exercise = reference("cost"), load("cost")
    table = {tuple(sorted(case.arguments.items())): cost(**case.arguments) for case in exercise.cases}
    table |= dict.fromkeys([*table][:spoilt], (0, 0))

    def answer(block, height, width, channels, ratio=16):
        asked = {"block": block, "height": height, "width": width, "channels": channels}
        for more in ({}, {"ratio": ratio}):
            if (key := tuple(sorted((asked | more).items()))) in table:
                return table[key]
        return cost(block, height, width, channels, ratio) if block in known else (0, 0)

    return answer


@pytest.mark.parametrize(
    ("known", "points"),
    [(("se", "cbam"), 0), (("se", "cbam", "bam"), 2.5), (("spatial", "cbam", "bam", "self_attention"), 2.8)],
)
def test_calls_that_were_looked_up_earn_nothing(known, points):
    """One entry of the table is spoilt, so that the answer is not right for the notebook: it earns what it knows."""
    exercise, answer = load("cost"), table_of_costs(known, spoilt=1)
    notebook = judge(exercise, measure(answer, exercise, Challenge()), load_expected("cost"))
    assert notebook.points == 3.7
    for seed in SEEDS:
        fresh = vary_sizes(exercise, seed)
        expected = Expected(seed, "", measure(reference("cost"), fresh, Challenge(seed)), {})
        seen = judge(fresh, measure(answer, fresh, Challenge(seed)), expected)
        assert Verdict(exercise, confirmed_wrong(notebook, seen)).points == points


PARTLY_RIGHT = [
    (exercise, mistake)
    for exercise in ("cost", "eca_kernel_size", "double", "preprocess")
    for mistake in mistakes(exercise)
]


@pytest.mark.parametrize(("exercise", "mistake"), PARTLY_RIGHT)
def test_honest_mistakes_in_plain_functions_keep_their_share(exercise, mistake):
    asked, answer = load(exercise), mistakes(exercise)[mistake]
    notebook = judge(asked, measure(answer, asked, Challenge()), load_expected(exercise))
    for seed in (1, 2, 3):
        fresh = vary_sizes(asked, seed)
        expected = Expected(seed, "", measure(reference(exercise), fresh, Challenge(seed)), {})
        seen = judge(fresh, measure(answer, fresh, Challenge(seed)), expected)
        assert not seen.passed
        assert Verdict(asked, confirmed_wrong(notebook, seen)).points == notebook.points


@pytest.mark.parametrize("seed", [20, 23, 93])
def test_rounding_of_large_inputs_costs_nothing(seed, tensorflow):
    """Where outputs are near 500, a gate near 0 makes a small one, and another order of sums is off by 0.001 there."""
    asked = load("mobilenet_se")
    fresh, challenge = vary_sizes(asked, seed), Challenge(seed)
    expected = Expected(seed, "", measure(reference(asked.name), fresh, challenge), {})
    answer = right_answers(asked.name)["scale_activation_handed_over"]
    measured = measure(answer, fresh, challenge)
    (large,) = [number for number, case in enumerate(fresh.cases) if case.scale > 1]
    got, want = (side.cases[large].outputs[0].astype(float) for side in (measured, expected.reference))
    assert (abs(got - want) > TOLERANCE * (1 + abs(want))).any()  # so this draw is one that shows it
    assert judge(fresh, measured, expected).passed
    clipped = judge(fresh, measure(lambda x: ops.minimum(answer(x), 6.0), fresh, challenge), expected)
    assert "outputs" in clipped.wrong[large]


def ignoring(argument, right):
    """The reference with an argument's default, whatever it is called with."""

    @wraps(right)
    def answer(*inputs, **arguments):
        return right(*inputs, **{name: value for name, value in arguments.items() if name != argument})

    return answer


def test_a_design_is_asked_whatever_the_example_of_one_gives(tensorflow):
    """Large weights make its softmax certain, which in other exercises would hide mistakes."""
    asked = vary_sizes(load("my_network"), 1)
    assert is_telling(asked, measure(reference("my_network"), asked, Challenge(1)))


def defaulted(exercise):
    """The arguments that the reference has a default for."""
    return [name for name, each in signature(reference(exercise)).parameters.items() if each.default is not each.empty]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", all_names())
def test_every_draw_gives_each_argument_a_value_that_is_not_its_default(exercise):
    for argument in defaulted(exercise):
        default = signature(reference(exercise)).parameters[argument].default
        for seed in range(200):
            drawn = [case.arguments.get(argument, default) for case in vary_sizes(load(exercise), seed).cases]
            assert any(value != default for value in drawn), (argument, seed)


@pytest.mark.slow
@pytest.mark.parametrize("exercise", all_names())
def test_who_ignores_an_argument_is_noticed(exercise, tensorflow):
    """Another value may give what the default gives, as ratio 9 of 45 channels does where 8 is the default."""
    asked, right = load(exercise), reference(exercise)
    for argument in defaulted(exercise):
        for seed in SEEDS[:2] if asked.kind != "model" else SEEDS[:1]:
            fresh = vary_sizes(asked, seed)
            telling = tuple(replace(case, train=False) for case in fresh.cases if argument in case.arguments)
            given = replace(fresh, cases=telling)
            expected = Expected(seed, "", measure(right, given, Challenge(seed)), {})
            verdict = judge(given, measure(ignoring(argument, right), given, Challenge(seed)), expected)
            assert not verdict.passed, (argument, seed)
