"""Wrong answers made by machine: the small changes to a reference solution that its check must notice."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise, zip_longest
from typing import Any, TypeVar

T = TypeVar("T", bound=Hashable)
Node = TypeVar("Node", bound=ast.AST)

WIDTH = 72  # characters of code that a mutant's name shows before and after the change
READABLE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Subscript, ast.stmt)
DOTS = ast.Name("…")
COMMUTATIVE = {"max", "min", "maximum", "minimum", "add", "multiply"}


def _confused(*groups: tuple[T, ...]) -> dict[T, list[T]]:
    """For each member of a group, the others of all its groups."""
    members = dict.fromkeys(member for group in groups for member in group)
    return {a: [b for group in groups if a in group for b in group if b is not a] for a in members}


SYMBOLS = _confused(
    (ast.Add, ast.Sub),
    (ast.Add, ast.Mult),
    (ast.Mult, ast.Div),
    (ast.Mult, ast.Pow),
    (ast.Div, ast.FloorDiv),
    (ast.FloorDiv, ast.Mod),
    (ast.And, ast.Or),
    (ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
ACTIVATIONS = {
    "relu": ["sigmoid", "tanh", "swish"],
    "sigmoid": ["softmax", "tanh", "hard_sigmoid"],
    "softmax": ["sigmoid", "relu"],
    "tanh": ["sigmoid", "relu"],
    "swish": ["relu", "sigmoid"],
    "silu": ["relu", "sigmoid"],
    "hard_sigmoid": ["sigmoid", "hard_swish"],
}
NAMES = ACTIVATIONS | _confused(
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D"),
    ("AveragePooling2D", "MaxPooling2D"),
    ("Conv2D", "Conv2DTranspose"),
    ("BatchNormalization", "LayerNormalization"),
    ("ReLU", "LeakyReLU", "ELU"),
    ("Add", "Multiply"),
    ("Add", "Subtract", "Average", "Maximum"),
    ("add", "multiply"),
    ("add", "subtract", "maximum"),
    ("mean", "max", "sum"),
    ("log2", "log"),
    ("floor", "ceil"),
)
BUILTINS = _confused(("max", "min"), ("int", "round"))
STRINGS = {name: [*others, "linear"] for name, others in ACTIVATIONS.items()} | _confused(
    ("same", "valid"),
    ("nearest", "bilinear"),
    ("channels_last", "channels_first"),
    ("float32", "float64", "uint8"),
)
STRINGS["linear"] = ["relu", "sigmoid"]


@dataclass(frozen=True)
class Mutant:
    """A wrong answer: what was changed (unique within its exercise), and the whole cell with that change."""

    name: str
    source: str


@dataclass(frozen=True)
class Scope:
    """The names of a function: first parameter, (last line, name) of each assignment, those that hold tensors."""

    first: str | None
    assigned: tuple[tuple[int, str], ...]
    tensors: frozenset[str]

    def before(self, line: int) -> list[str]:
        """The names assigned above a line, nearest first."""
        return list(dict.fromkeys(name for last, name in reversed(self.assigned) if last < line))


@dataclass(frozen=True)
class Site:
    """A node that can be changed, the nodes around it (outermost first), and the names it sees."""

    node: ast.expr | ast.stmt | ast.keyword
    above: tuple[ast.AST, ...]
    scope: Scope


# Gives the nodes that can stand in a node's place, None for nothing.
Operator = Callable[[Site], Iterator[ast.AST | None]]


def mutants(source: str, exercise: str, named_layers: tuple[str, ...] = ()) -> list[Mutant]:
    """Every mutant of a solution, each once, by position in the source.

    Args:
        source: a solution cell without its marks; functions beside the exercise's own are mutated too.
        exercise: the function that the cell defines.
        named_layers: layers whose names are part of the answer, so that they are mutated too.

    Raises: ValueError if the cell does not define the exercise.
    """
    tree = ast.parse(source)
    if exercise not in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]:
        raise ValueError(f"source: expected a cell that defines {exercise!r}. Received {source[:WIDTH]!r}")
    operators: list[Operator] = [*OPERATORS.values(), partial(_names, named_layers)]
    found: list[Mutant] = []
    seen, uses = {_meaning(tree)}, Counter[str]()
    for site in sorted(_sites(tree, _scope(tree)), key=lambda site: (site.node.lineno, site.node.col_offset)):
        for new in (new for operator in operators for new in operator(site)):
            mutated = ast.unparse(_replaced(tree, site.node, new))
            meaning = _meaning(ast.parse(mutated))
            if meaning not in seen:
                seen.add(meaning)
                name = _name(site, new, exercise)
                uses[name] += 1
                found.append(Mutant(name if uses[name] == 1 else f"{name} ({_ordinal(uses[name])})", mutated))
    return found


def _meaning(tree: ast.Module) -> str:
    """The tree as text, without what does nothing: docstrings, `pass`, `x = x`."""
    return ast.dump(_Effects().visit(copy.deepcopy(tree)))


class _Effects(ast.NodeTransformer):
    """Removes statements without effect."""

    def visit_Expr(self, statement: ast.Expr) -> ast.Expr | None:
        """A docstring."""
        return None if isinstance(statement.value, ast.Constant) else statement

    def visit_Pass(self, statement: ast.Pass) -> None:
        """`pass`."""

    def visit_Assign(self, statement: ast.Assign) -> ast.Assign | None:
        """`x = x`."""
        targets = {ast.unparse(target) for target in statement.targets}
        return None if targets == {ast.unparse(statement.value)} else statement


def _replaced(tree: Any, old: ast.AST, new: ast.AST | None) -> Any:
    """A copy of the tree with one node replaced or, with None, one statement dropped."""
    if tree is old:
        return new
    if isinstance(tree, list):
        kept = [_replaced(item, old, new) for item in tree if item is not old or new is not None]
        return kept if kept or not tree else [ast.Pass()]
    if isinstance(tree, ast.AST):
        return _with(tree, **{field: _replaced(value, old, new) for field, value in ast.iter_fields(tree)})
    return tree


def _with(node: Node, **fields: Any) -> Node:
    """A copy of a node with other fields."""
    node = copy.copy(node)
    for field, value in fields.items():
        setattr(node, field, value)
    return node


# --- Where to change something ----------------------------------------------------------------------------------------


def _sites(node: ast.AST, scope: Scope, above: tuple[ast.AST, ...] = ()) -> Iterator[Site]:
    """Every expression, keyword and statement below a node, but none that a check cannot see."""
    if isinstance(node, ast.FunctionDef):
        scope = _scope(node)
    above = (*above, node)
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_closed(node, field, child):
                continue
            if isinstance(child, (ast.expr, ast.stmt, ast.keyword)):
                yield Site(child, above, scope)
            yield from _sites(child, scope, above)


def _is_closed(node: ast.AST, field: str, child: ast.AST) -> bool:
    """Docstrings, annotations, and the texts that name a layer."""
    match node, child:
        case (_, ast.Expr(value=ast.Constant())) | (ast.JoinedStr(), _):
            return True
        case ast.keyword(arg="name"), _:
            return not isinstance(child, ast.JoinedStr)
    return field in ("annotation", "returns", "decorator_list")


def _scope(function: ast.FunctionDef | ast.Module) -> Scope:
    """The names of a function, or of the whole cell.

    A tensor is the first parameter, a parameter that the docstring gives a batch axis, and what is computed from those.
    """
    arguments = function.args.args if isinstance(function, ast.FunctionDef) else []
    parameters = [argument.arg for argument in arguments if argument.arg != "self"]
    lines = (ast.get_docstring(function) or "").splitlines()
    described = {line.split(":")[0].strip() for line in lines if "(batch" in line}
    tensors = {*parameters[:1], *described.intersection(parameters)}
    assigned = []
    for node in _own_nodes(function):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            assigned += [(node.end_lineno or node.lineno, name) for name in names]
            if node.value and _has_tensor(node.value, tensors):
                tensors.update(names)
    return Scope(parameters[0] if parameters else None, tuple(assigned), frozenset(tensors))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, in order, without those of inner functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.ClassDef, ast.FunctionDef)):
            yield child
            yield from _own_nodes(child)


def _has_tensor(node: ast.AST, tensors: set[str] | frozenset[str]) -> bool:
    """Whether a tensor, not only its shape, goes into an expression."""
    if isinstance(node, ast.Attribute) and node.attr in ("shape", "ndim"):
        return False
    if isinstance(node, ast.Name):
        return node.id in tensors
    return any(_has_tensor(child, tensors) for child in ast.iter_child_nodes(node))


# --- What to change: each operator gives the nodes that can stand in a node's place -----------------------------------


def _symbols(site: Site) -> Iterator[ast.AST]:
    """`a // b` to `a / b`; `a < b` to `a <= b`; `a and b` to `a or b`."""
    match site.node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op):
            yield from (_with(site.node, op=other()) for other in SYMBOLS.get(type(op), ()))
        case ast.Compare(ops=[op, *rest]):
            yield from (_with(site.node, ops=[other(), *rest]) for other in SYMBOLS[type(op)])


def _parts(site: Site) -> Iterator[ast.AST]:
    """`a * b`, `max(a, b)`, `a and b` and `a if c else b` to `a`, to `b`; `-a` and `not a` to `a`."""
    match site.node:
        case (
            ast.BinOp(left=a, right=b)
            | ast.IfExp(body=a, orelse=b)
            | ast.Call(func=ast.Name(id="max" | "min"), args=[a, b])
        ):
            yield from (a, b)
        case ast.BoolOp(values=values):
            yield from values
        case ast.UnaryOp(operand=operand):
            yield operand


def _conditions(site: Site) -> Iterator[ast.AST]:
    """`if a:` to `if not a:`; a comparison has its own operator."""
    if getattr(site.above[-1], "test", None) is site.node and not isinstance(site.node, ast.Compare):
        yield ast.UnaryOp(ast.Not(), site.node)


def _constants(site: Site) -> Iterator[ast.AST]:
    """`1` to `2`, to `0`; `0.5` to `1.0`, to `0.25`; `True` to `False`; `"same"` to `"valid"`."""
    match site.node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=float(value)):
            yield from (ast.Constant(value * 2), ast.Constant(value / 2))
        case ast.Constant(value=str(value)):
            yield from map(ast.Constant, STRINGS.get(value, ()))


def _elements(site: Site) -> Iterator[ast.AST]:
    """`(1, 2)` to `(2,)`, to `(1,)`."""
    match site.node:
        case ast.Tuple(elts=elements, ctx=ast.Load()) | ast.List(elts=elements, ctx=ast.Load()) if len(elements) > 1:
            yield from (_with(site.node, elts=rest) for rest in _each_dropped(elements))


def _functions(site: Site) -> Iterator[ast.AST]:
    """`layers.Add()` to `layers.Subtract()`; `max(a, b)` to `min(a, b)`."""
    match site.node:
        case ast.Call(func=ast.Attribute(attr=name) as function):
            yield from (_with(site.node, func=_with(function, attr=other)) for other in NAMES.get(name, ()))
        case ast.Call(func=ast.Name(id=name) as function):
            yield from (_with(site.node, func=_with(function, id=other)) for other in BUILTINS.get(name, ()))


def _signatures(site: Site) -> Iterator[ast.AST]:
    """Layers that take other arguments: DepthwiseConv2D has no filters, Add no axis."""
    match site.node:
        case ast.Call(func=ast.Attribute(attr="Conv2D") as function, args=[_, *rest]) if rest:
            yield _with(site.node, func=_with(function, attr="DepthwiseConv2D"), args=rest)
        case ast.Call(func=ast.Attribute(attr="Concatenate") as function, keywords=keywords):
            kept = [keyword for keyword in keywords if keyword.arg != "axis"]
            yield _with(site.node, func=_with(function, attr="Add"), args=[], keywords=kept)


def _keywords(site: Site) -> Iterator[ast.AST]:
    """`f(x, axis=1)` to `f(x)`."""
    if isinstance(site.node, ast.Call):
        for keyword, rest in zip(site.node.keywords, _each_dropped(site.node.keywords), strict=True):
            if keyword.arg != "name":
                yield _with(site.node, keywords=rest)


def _orders(site: Site) -> Iterator[ast.AST]:
    """`f(a, b)` to `f(b, a)`; of more arguments, each two neighbours."""
    match site.node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in COMMUTATIVE:
            return
        case ast.Call(args=arguments):
            for place, (a, b) in enumerate(pairwise(arguments)):
                yield _with(site.node, args=[*arguments[:place], b, a, *arguments[place + 2 :]])


def _calls(site: Site) -> Iterator[ast.AST]:
    """`layers.F()(x)` and `f(x, n)` to `x`; `layers.F()([x, y])` to `x`, to `y`; `x.f(n)` to `x`; `f(n)` to `n`."""
    match site.node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name[0].isupper():
            return  # it makes a layer or a model, it does not apply one
        case ast.Call(func=function, args=arguments):
            if isinstance(function, ast.Attribute) and _has_tensor(function.value, site.scope.tensors):
                yield function.value
            parts = [part for node in arguments for part in (node.elts if isinstance(node, ast.List) else [node])]
            for part in parts:
                if _has_tensor(part, site.scope.tensors) or (len(parts) == 1 and not isinstance(part, ast.Constant)):
                    yield part


def _inputs(site: Site) -> Iterator[ast.AST]:
    """A tensor to the one computed before it, and to the function's first parameter."""
    match site.node:
        case ast.Name(id=name, ctx=ast.Load()) if name in site.scope.tensors:
            earlier = [other for other in site.scope.before(site.node.lineno) if other in site.scope.tensors - {name}]
            yield from (_with(site.node, id=other) for other in [*earlier[:1], site.scope.first])


def _returns(site: Site) -> Iterator[ast.AST]:
    """`return` of something computed earlier, or of the first parameter."""
    if isinstance(site.node, ast.Return):
        names = [*site.scope.before(site.node.lineno)[:3], site.scope.first]
        yield from (ast.Return(ast.Name(name, ast.Load())) for name in names if name)


def _statements(site: Site) -> Iterator[None]:
    """A statement of a function to nothing."""
    if isinstance(site.node, ast.stmt) and any(isinstance(node, ast.FunctionDef) for node in site.above):
        yield None


def _names(named_layers: tuple[str, ...], site: Site) -> Iterator[ast.AST]:
    """Of a layer that has to have its name: `f(name="a")` to `f()`, `name="a"` to `name="a_"`."""
    match site.node:
        case ast.Call(keywords=keywords):
            kept = [keyword for keyword in keywords if not _is_name(keyword, named_layers)]
            if kept != keywords:
                yield _with(site.node, keywords=kept)
        case ast.keyword(value=ast.Constant(str(name))) if _is_name(site.node, named_layers):
            yield _with(site.node, value=ast.Constant(f"{name}_"))


def _is_name(keyword: ast.keyword, named_layers: tuple[str, ...]) -> bool:
    return keyword.arg == "name" and isinstance(keyword.value, ast.Constant) and keyword.value.value in named_layers


OPERATORS: dict[str, Operator] = {
    "symbols": _symbols,
    "parts": _parts,
    "conditions": _conditions,
    "constants": _constants,
    "elements": _elements,
    "functions": _functions,
    "signatures": _signatures,
    "keywords": _keywords,
    "orders": _orders,
    "calls": _calls,
    "inputs": _inputs,
    "returns": _returns,
    "statements": _statements,
}


def _each_dropped(items: list[T]) -> list[list[T]]:
    """The list without its first item, without its second, and so on."""
    return [items[:place] + items[place + 1 :] for place in range(len(items))]


# --- What a mutant is called ------------------------------------------------------------------------------------------


def _name(site: Site, new: ast.AST | None, exercise: str) -> str:
    """The smallest readable code around the change, before and after it."""
    path = (*site.above, site.node)
    function = next((node.name for node in path if isinstance(node, ast.FunctionDef)), exercise)
    helper = "" if function == exercise else f"{function}: "
    if new is None:
        return f"{helper}`{_texts(site.node, ast.Pass())[0]}` dropped"
    around = next(node for node in reversed(path) if isinstance(node, READABLE))
    before, after = _texts(around, _replaced(around, site.node, new))
    return f"{helper}`{before}` -> `{after}`"


def _texts(before: ast.AST, after: ast.AST) -> list[str]:
    """Both as code; where that is too long, without the arguments that stay, then without any; at last cut."""
    texts = [_text(before), _text(after)]
    for keep in (_expressions(before) ^ _expressions(after), set()):
        shorter = [_text(_Elision(keep).visit(copy.deepcopy(node))) for node in (before, after)]
        if max(map(len, texts)) > WIDTH and shorter[0] != shorter[1]:
            texts = shorter
    difference = next(place for place, (a, b) in enumerate(zip_longest(*texts)) if a != b)
    start = max(0, difference - WIDTH // 2) if max(map(len, texts)) > WIDTH else 0
    return ["…" * (start > 0) + text[start:][:WIDTH] + "…" * (len(text) > start + WIDTH) for text in texts]


def _expressions(node: ast.AST) -> set[str]:
    return {ast.unparse(part) for part in ast.walk(node) if isinstance(part, (ast.expr, ast.keyword))}


def _text(node: ast.AST) -> str:
    """A node as code; of a statement with blocks, its first line."""
    blocks = ("decorator_list", "body", "orelse", "handlers", "finalbody")
    empty: dict[str, list[ast.AST]] = {field: [] for field in blocks if isinstance(getattr(node, field, None), list)}
    return ast.unparse(_with(node, **empty)).strip()


class _Elision(ast.NodeTransformer):
    """Writes … for arguments that are not to be kept. A layer's name stays: it says which layer."""

    def __init__(self, keep: set[str]) -> None:
        self.keep = keep

    def visit_Call(self, call: ast.Call) -> ast.Call:
        """Shorten a call of several arguments."""
        if len(call.args) + len(call.keywords) > 1:
            shown = [argument if self._is_kept(argument) else DOTS for argument in call.args]
            shown += [DOTS for keyword in call.keywords if not self._is_kept(keyword)]
            call.args = [argument for argument, _ in groupby(shown)]
            call.keywords = [keyword for keyword in call.keywords if self._is_kept(keyword)]
        self.generic_visit(call)
        return call

    def _is_kept(self, argument: ast.expr | ast.keyword) -> bool:
        return ast.unparse(argument) in self.keep or getattr(argument, "arg", "") == "name"


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th")
