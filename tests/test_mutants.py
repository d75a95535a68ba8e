"""Mutants of a solution: what each operator changes, and that all are different answers with different names."""

import ast

import pytest

from autograder.authoring import mutants as module
from autograder.authoring.mutants import OPERATORS, mutants
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import all_names, load


def answer(*lines: str, parameters: str = "x, n") -> str:
    """A function with these lines."""
    return "\n    ".join([f"def f({parameters}):", *lines])


def solution(exercise: str) -> str:
    return solution_source(read_master(load(exercise).lesson).solution(exercise))


SHOWN = [
    ("symbols", "return n // 8", ["return n / 8", "return n % 8"]),
    ("symbols", "return x * n", ["return x + n", "return x / n", "return x ** n"]),
    ("symbols", "x += n", ["x -= n", "x *= n"]),
    ("symbols", "return n < 8", ["return n <= 8", "return n > 8", "return n >= 8"]),
    ("symbols", "return n is None", ["return n is not None"]),
    ("symbols", "return x and n", ["return x or n"]),
    ("parts", "return x + n", ["return x", "return n"]),
    ("parts", "return max(1, n)", ["return 1", "return n"]),
    ("parts", "return 2 if n else 1", ["return 2", "return 1"]),
    ("parts", "return x or n", ["return x", "return n"]),
    ("parts", "return x.shape[-1]", ["return x.shape[1]"]),
    ("parts", "return not n", ["return n"]),
    ("conditions", "return x if x or n else n", ["return x if not (x or n) else n"]),
    ("conditions", "return x if n == 1 else n", []),
    ("constants", "return (1, n)", ["return (2, n)", "return (0, n)"]),
    ("constants", "return ops.mean(x, axis=-1)", ["return ops.mean(x, axis=-2)", "return ops.mean(x, axis=-0)"]),
    ("constants", "return 0.5", ["return 1.0", "return 0.25"]),
    ("constants", "return f(keepdims=True)", ["return f(keepdims=False)"]),
    ("constants", "return None", []),
    ("constants", "return f(padding='same')", ["return f(padding='valid')"]),
    (
        "constants",
        "return f('sigmoid')",
        ["return f('softmax')", "return f('tanh')", "return f('hard_sigmoid')", "return f('linear')"],
    ),
    ("constants", "return x.astype('float32')", ["return x.astype('float64')", "return x.astype('uint8')"]),
    ("elements", "return ops.max(x, axis=(1, 2))", ["return ops.max(x, axis=(2,))", "return ops.max(x, axis=(1,))"]),
    ("elements", "a, b = f(x)", []),
    ("functions", "return layers.GlobalAveragePooling2D()(x)", ["return layers.GlobalMaxPooling2D()(x)"]),
    ("functions", "return layers.ReLU()(x)", ["return layers.LeakyReLU()(x)", "return layers.ELU()(x)"]),
    ("functions", "return ops.mean(x)", ["return ops.max(x)", "return ops.sum(x)"]),
    ("functions", "return ops.relu(x)", ["return ops.sigmoid(x)", "return ops.tanh(x)", "return ops.swish(x)"]),
    ("functions", "return max(1, n)", ["return min(1, n)"]),
    ("signatures", "return layers.Conv2D(n, 3)(x)", ["return layers.DepthwiseConv2D(3)(x)"]),
    ("signatures", "return layers.Concatenate(axis=3)([x, n])", ["return layers.Add()([x, n])"]),
    ("keywords", "return f(x, axis=1, keepdims=True)", ["return f(x, keepdims=True)", "return f(x, axis=1)"]),
    ("keywords", "return f(x, name='a')", []),
    ("orders", "return f(x, n, 1)", ["return f(n, x, 1)", "return f(x, 1, n)"]),
    ("orders", "return max(x, n)", []),
    ("calls", "return layers.ReLU()(x)", ["return x"]),
    ("calls", "return layers.Add()([x, x + n])", ["return x", "return x + n"]),
    ("calls", "return block(x, n)", ["return x"]),
    ("calls", "return x.astype('float32')", ["return x"]),
    ("calls", "return int(n)", ["return n"]),
    ("calls", "return layers.Dense(n)", []),
    ("statements", "x = f(x)\n    return x", ["return x", "x = f(x)"]),
    ("statements", "if n:\n        x = f(x)", ["pass", "if n:\n        pass"]),
    ("inputs", "a = f(x)\n    b = f(a)", ["a = f(x)\n    b = f(x)"]),
    (
        "inputs",
        "a = f(x)\n    b = f(a)\n    n = x.shape[1]\n    return a * n",
        [
            "a = f(x)\n    b = f(x)\n    n = x.shape[1]\n    return a * n",
            "a = f(x)\n    b = f(a)\n    n = b.shape[1]\n    return a * n",
            "a = f(x)\n    b = f(a)\n    n = x.shape[1]\n    return b * n",
            "a = f(x)\n    b = f(a)\n    n = x.shape[1]\n    return x * n",
        ],
    ),
    (
        "returns",
        "a = b = c = d = n\n    return f(d)",
        [f"a = b = c = d = n\n    return {name}" for name in ("d", "c", "b", "x")],
    ),
]


@pytest.mark.parametrize(("operator", "body", "changed"), SHOWN)
def test_an_operator_makes_these_mutants_and_no_others(operator, body, changed, monkeypatch):
    monkeypatch.setattr(module, "OPERATORS", {operator: OPERATORS[operator]})
    assert [mutant.source for mutant in mutants(answer(body), "f")] == [*map(answer, changed)]


def test_every_operator_is_shown():
    assert {operator for operator, _, _ in SHOWN} == set(OPERATORS)


def test_defaults_are_mutated_and_annotations_are_not():
    found = mutants(answer("pass", parameters="x: tuple[int, int], ratio: int = 8"), "f")
    assert [mutant.name for mutant in found] == [
        "`def f(x: tuple[int, int], ratio: int=8):` -> `def f(x: tuple[int, int], ratio: int=9):`",
        "`def f(x: tuple[int, int], ratio: int=8):` -> `def f(x: tuple[int, int], ratio: int=7):`",
    ]


def test_a_parameter_with_a_batch_axis_is_a_tensor_too():
    lines = '"""Sum.', "", "    y: map, (batch, channels).", '    """', "return f(y)"
    assert "`f(y)` -> `f(x)`" in [mutant.name for mutant in mutants(answer(*lines, parameters="x, y"), "f")]


CHANGES = [
    ("y = max(1, n // 8)", "`n // 8` -> `n / 8`"),
    ("y = f(n)\n    y = f(n)", "`f(n)` -> `n` (2nd)"),
    ("y = f(n)", "`y = f(n)` dropped"),
    ("if n:\n        y = f(n)", "`if n:` dropped"),
    (
        "y = layers.Conv2D(n, 3, strides=2, padding='same', use_bias=False, name='first')(x)",
        "`layers.Conv2D(…, padding='same', name='first')` -> `layers.Conv2D(…, padding='valid', name='first')`",
    ),
    (
        "y = layers.Conv2D(n, 3, strides=2, padding='same', use_bias=False, name='first')(x)",
        "`layers.Conv2D(n, …, name='first')` -> `layers.DepthwiseConv2D(…, name='first')`",
    ),
]


@pytest.mark.parametrize(("body", "name"), CHANGES)
def test_a_name_shows_the_change(body, name):
    assert name in [mutant.name for mutant in mutants(answer(body), "f")]


def test_a_long_change_is_cut_around_what_differs():
    names = [mutant.name for mutant in mutants(answer(f"return {'a' * 100} + n"), "f")]
    assert f"`…{'a' * 35} + n` -> `…{'a' * 35} - n`" in names


def test_a_name_stays_when_other_lines_change():
    before = {mutant.name for mutant in mutants(answer("y = f(n)", "return 2 * y"), "f")}
    after = {mutant.name for mutant in mutants(answer("y = f(n)", "z = n", "return 2 * y"), "f")}
    assert before < after


def test_a_helper_is_mutated_under_its_own_name():
    helper = "def half(n):\n    return n / 2\n\n\n"
    assert "half: `n / 2` -> `n * 2`" in [mutant.name for mutant in mutants(helper + answer("return half(n)"), "f")]


def test_a_cell_without_the_exercise_is_refused():
    with pytest.raises(ValueError, match="expected a cell that defines 'g'"):
        mutants(answer("return x"), "g")


def test_only_names_that_a_layer_has_to_have_are_mutated():
    source = answer('x = f(x, name="latent")', 'return g(x, name=f"{n}_b")')
    assert [mutant.source for mutant in mutants(source, "f", ("latent",)) if mutant not in mutants(source, "f")] == [
        answer("x = f(x)", "return g(x, name=f'{n}_b')"),
        answer("x = f(x, name='latent_')", "return g(x, name=f'{n}_b')"),
    ]


EVERYTHING = '''
def helper(values, *rest, start=1):
    """Count to 3."""
    while start < 3:
        start += 1
    return [value * 2 for value in values if not value > start and value]


class Layer(keras.layers.Layer):
    """A layer."""

    def call(self, inputs, training=False):
        try:
            return -inputs if training else inputs @ inputs.T
        except ValueError as error:
            raise TypeError(f"{error!r:>{10}} {'quoted'}") from error


def everything(x, name, *, ratio=0.5, **options):
    """Return a mixture."""

    def inner():
        return (lambda y: y**2)(x)

    a, (b, *c) = helper(x, *[1, 2], start=3), (1, (2, 3))
    total: float = sum({key: 1 for key in options}.values(), start=1)
    for number, (left, right) in enumerate(zip(a, c), start=1):
        if number in (1, 2) and 0 < left <= right:
            continue
        total += number % 2
    with open(f"{name}_{number:02}") as file:
        assert file
    if (found := inner()) is not None:
        pass
    return Layer(name=f"{name}_layer")(x[..., 0:-1], **options), found
'''


@pytest.mark.slow
@pytest.mark.parametrize("exercise", [*all_names(), "everything"])
def test_mutants_are_different_answers_with_different_names(exercise):
    source = EVERYTHING if exercise == "everything" else solution(exercise)
    found = mutants(source, exercise)
    trees = {ast.dump(ast.parse(text)) for text in [source, *(mutant.source for mutant in found)]}
    assert len(found) >= 5
    assert len(trees) == len(found) + 1
    assert len({mutant.name for mutant in found}) == len(found)
    assert found == mutants(source, exercise)
    docstring = ast.get_docstring(
        next(node for node in ast.parse(source).body if getattr(node, "name", "") == exercise)
    )
    for mutant in found:
        assert "\n" not in mutant.name
        functions = {node.name: node for node in ast.parse(mutant.source).body if isinstance(node, ast.FunctionDef)}
        assert ast.get_docstring(functions[exercise]) == docstring


def test_mutants_come_in_the_order_of_the_source():
    found = mutants(answer("y = n + 1", "return y * 2"), "f")
    lines = [mutant.name for mutant in found]
    assert lines.index("`n + 1` -> `n - 1`") < lines.index("`n + 1` -> `n + 2`") < lines.index("`y * 2` -> `y + 2`")
