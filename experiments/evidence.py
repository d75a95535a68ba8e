"""What a claim can rest on: tables of papers, measured results, counts, a test, code, a source outside."""

import ast
import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

import keras

from autograder.lessons.reference import reference
from coursekit.models.catalogue import abstract_model, papers
from coursekit.models.cost import Cost
from coursekit.results import by_name, load_results
from coursekit.statistics import welch
from curriculum.paths import REPOSITORY, results_folder
from experiments.prose import Number, figures, gives, value


def runs(experiment: str, network: str) -> list[float]:
    """The metric of every seed in the shipped results."""
    return _runs(experiment)[network]


def signs(experiment: str, baseline: str) -> dict[str, int]:
    """Each network beside another: 1 for a larger metric, -1 for a smaller one, 0 where Welch's interval contains 0."""
    values = _runs(experiment)
    found = {name: welch(each, values[baseline]) for name, each in values.items() if name != baseline}
    return {name: int(difference.low > 0) - int(difference.high < 0) for name, difference in found.items()}


def networks(experiment: str) -> list[str]:
    """The names of the networks in the shipped results."""
    return list(_runs(experiment))


def budget(experiment: str) -> dict[str, int]:
    """Images, epochs and seeds of the shipped results."""
    return dict(load_results(experiment)["budget"])


def parameters(experiment: str, network: str) -> int:
    """The trained weights of a network in the shipped results."""
    return next(run.parameters for run in load_results(experiment)["runs"] if run.name == network)


def epochs(experiment: str, network: str) -> int:
    """How many epochs a network in the shipped results was trained."""
    return next(len(run.history) for run in load_results(experiment)["runs"] if run.name == network)


def network(name: str) -> Cost:
    """What a network of the catalogue costs."""
    return _costs()[0][name]


def block(name: str, channels: int) -> Cost:
    """What a block of the catalogue costs, on a map of 14 × 14 positions."""
    return _costs()[1][name, channels]


def weights(exercise: str, *shape: int, **arguments: Any) -> int:
    """How many trained weights the reference answer has on a map of this (height, width, channels)."""

    def build() -> keras.Model:
        x = keras.Input(shape)
        return keras.Model(x, reference(exercise)(x, **arguments))

    return sum(math.prod(weight.shape) for weight in abstract_model(build).trainable_weights)


def network_weights(exercise: str, *arguments: Any, **options: Any) -> int:
    """How many trained weights the network has that the reference answer builds of these arguments."""
    model = abstract_model(lambda: reference(exercise)(*arguments, **options))
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def sigmoid(score: float) -> float:
    """The gate of a score."""
    return 1 / (1 + math.exp(-score))


def printed(table: str, row: str, column: str, place: int = 0) -> float:
    """A number that a paper prints; of several, the one at this place."""
    cell = next(each for each in _rows(papers()[table]) if each["name"] == row)[column]
    return float(cell if isinstance(cell, str) else cell[place])


SHIPPED = (runs, signs, networks, budget, parameters, epochs)
COUNTED = (network, block, weights, network_weights)
# What the expressions of solutions/claims.toml can use: these functions, and the whole of Python's `math`.
NAMESPACE: dict[str, Any] = vars(math) | {
    each.__name__: each for each in (*SHIPPED, *COUNTED, mean, welch, printed, sigmoid)
}


def in_paper(numbers: list[Number], table: str, rows: list[str] | None = None) -> str:
    """What is wrong with a claim that a table of data/papers.toml shall hold, or ""."""
    if table not in papers():
        return f"data/papers.toml has no table {table!r}"
    found = [row for row in _rows(papers()[table]) if rows is None or row["name"] in rows]
    if rows and (unknown := set(rows) - {row["name"] for row in found}):
        return f"the table {table!r} has no row {', '.join(sorted(unknown))}"
    cells = {cell for row in found for each in row.values() for cell in ([each] if isinstance(each, str) else each)}
    missing = [each.printed for each in numbers if each.printed.replace(",", "") not in cells]
    return f"the table {table!r} prints no {', '.join(missing)}" if missing else ""


def equal(numbers: list[Number], expressions: list[str]) -> str:
    """What is wrong with a claim whose numbers, one by one, shall be what these expressions give, or ""."""
    if len(numbers) != len(expressions):
        return f"{len(numbers)} numbers ({', '.join(each.printed for each in numbers)}), {len(expressions)} expressions"
    wrong = []
    for number, expression in zip(numbers, expressions, strict=True):
        result = _result(expression)
        if isinstance(result, str) or not gives(result, number.printed):
            wrong.append(f"{expression} gives {result}, printed is {number.printed}")
    return "; ".join(wrong)


def true(expressions: list[str]) -> str:
    """What is wrong with a claim that shall follow from these expressions, or ""."""
    results = {expression: _result(expression) for expression in expressions}
    return "; ".join(f"{expression} gives {result}" for expression, result in results.items() if result is not True)


def in_test(numbers: list[Number], test: str) -> str:
    """What is wrong with a claim that a test shall hold: it must be there, and name the numbers; or ""."""
    path, _, name = test.partition("::")
    source = REPOSITORY / path
    if not source.exists():
        return f"there is no {path}"
    tree = ast.parse(source.read_text("utf-8")).body
    function = next((node for node in tree if isinstance(node, ast.FunctionDef) and node.name == name), None)
    if function is None:
        return f"{path} has no {name}"
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    tables = [
        node
        for node in tree
        if isinstance(node, ast.Assign) and used & {ast.unparse(target) for target in node.targets}
    ]
    return _named(numbers, [function, *tables], test)


def in_code(numbers: list[Number], code: str, text: str) -> str:
    """What is wrong with a claim that a fragment of this text of code shall show, with its numbers; or ""."""
    if " ".join(code.split()) not in " ".join(text.split()):
        return f"the code has no {code!r}"
    held = {float(each.replace("_", "")) for each in re.findall(r"\d[\d_]*(?:\.\d+)?|\.\d+", code)}
    missing = [each.printed for each in numbers if abs(value(each.printed)) not in held]
    return f"{code!r} has no {', '.join(missing)}" if missing else ""


def evidence(numbers: list[Number], fragment: str, kinds: Mapping[str, Any], code: str) -> str:
    """What is wrong with the evidence of a claim, or "".

    Args:
        numbers: those that must have evidence.
        fragment: the text of the claim.
        kinds: the kind of evidence and what it needs, as in solutions/claims.toml.
        code: of the text's lesson.
    """
    checks: dict[str, Callable[[], str]] = {
        "paper": lambda: in_paper(numbers, kinds["paper"], kinds.get("rows")),
        "equals": lambda: equal(
            numbers if len(numbers) == len(kinds["equals"]) else figures(fragment), kinds["equals"]
        ),
        "holds": lambda: true(kinds["holds"]),
        "test": lambda: in_test(numbers, kinds["test"]),
        "code": lambda: in_code(numbers, kinds["code"], _file(kinds["file"]) if "file" in kinds else code),
        "source": lambda: "",
        "example": lambda: "",
    }
    chosen = checks.keys() & kinds.keys()
    if len(chosen) != 1 or kinds.keys() - checks.keys() - {"rows", "file"}:
        return f"expected one of {', '.join(checks)}, received {', '.join(kinds) or 'nothing'}"
    if not numbers and chosen & {"paper", "test", "code"}:
        return "no number that this could hold"
    return checks[chosen.pop()]()


def _file(name: str) -> str:
    path = Path(REPOSITORY / name)
    return path.read_text("utf-8") if path.is_file() else ""


@cache
def _runs(experiment: str) -> dict[str, list[float]]:
    return by_name(load_results(experiment)["runs"])


@cache
def _costs() -> tuple[dict[str, Cost], dict[tuple[str, int], Cost]]:
    content = json.loads((results_folder() / "costs.json").read_text("utf-8"))
    return (
        {row.pop("name"): Cost(**row) for row in content["networks"]},
        {(row.pop("name"), row.pop("input_shape")[-1]): Cost(**row) for row in content["blocks"]},
    )


def _rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.get("networks", []) + table.get("rows", [])
    return rows


def _result(expression: str) -> Any:
    """What an expression gives; if it fails, how."""
    try:
        return eval(expression, NAMESPACE)
    except Exception as error:  # whatever stands there, it is told with the claim
        return f"{type(error).__name__}: {error}"


def _named(numbers: list[Number], nodes: list[ast.stmt], where: str) -> str:
    constants = [node.value for each in nodes for node in ast.walk(each) if isinstance(node, ast.Constant)]
    held = {abs(float(each)) for each in constants if isinstance(each, int | float)}
    held |= {float(each) for text in constants if isinstance(text, str) for each in re.findall(r"\d+(?:\.\d+)?", text)}
    missing = [each.printed for each in numbers if abs(value(each.printed)) not in held]
    return f"{where} names no {', '.join(missing)}" if missing else ""
