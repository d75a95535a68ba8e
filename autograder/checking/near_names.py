"""What a name that does not exist is likely to stand for: one of other libraries, or one with a slip of the pen."""

import difflib
import inspect
import re
import sys
from collections.abc import Iterable
from typing import Any

# How the course calls the modules in which a student looks for names, those that are wanted most often first.
PLACES = {
    "layers": "keras.layers",
    "ops": "keras.ops",
    "keras.activations": "keras.activations",
    "keras": "keras",
    "np": "numpy",
}
IMPORTS = {
    "keras": "import keras",
    "layers": "from keras import layers",
    "ops": "from keras import ops",
    "np": "import numpy as np",
    "math": "import math",
    "plt": "import matplotlib.pyplot as plt",
    "partial": "from functools import partial",
    "random": "import random",
}
OF_TORCH = ("torch", "nn", "F")
IN_QUOTES = ("same", "valid", "float16", "float32", "float64", "uint8", "int32", "int64")
OF_PYTHON = ("len", "range", "print", "int", "float", "max", "min", "sum", "round", "super", "zip", "enumerate", "list")
# Names of PyTorch, TensorFlow and older Keras, and what they are called here.
ELSEWHERE = {
    "AdaptiveAvgPool2d": "layers.GlobalAveragePooling2D",
    "AdaptiveMaxPool2d": "layers.GlobalMaxPooling2D",
    "BatchNorm": "layers.BatchNormalization",
    "BatchNorm2d": "layers.BatchNormalization",
    "Concat": "layers.Concatenate",
    "Linear": "layers.Dense",
    "Merge": "layers.Add",
    "Sigmoid": 'layers.Activation("sigmoid")',
    "Tanh": 'layers.Activation("tanh")',
    "Swish": 'layers.Activation("swish")',
    "SiLU": 'layers.Activation("silu")',
    "Hardsigmoid": 'layers.Activation("hard_sigmoid")',
    "adaptive_avg_pool2d": "layers.GlobalAveragePooling2D",
    "bmm": "ops.matmul",
    "cat": "ops.concatenate",
    "concat": "ops.concatenate",
    "div": "ops.divide",
    "mm": "ops.matmul",
    "mul": "ops.multiply",
    "permute": "ops.transpose",
    "permute_dimensions": "ops.transpose",
    "pow": "ops.power",
    "reduce_max": "ops.max",
    "reduce_mean": "ops.mean",
    "reduce_min": "ops.min",
    "reduce_sum": "ops.sum",
    "sub": "ops.subtract",
    "unsqueeze": "ops.expand_dims",
    "view": "ops.reshape",
    "int_shape": "x.shape",
    "true": "True",
    "false": "False",
    "none": "None",
    "null": "None",
}
# What other libraries let one ask of a tensor itself, and how it is written for a Keras tensor.
METHODS_OF_TENSORS = {
    "view": "ops.reshape(x, …)",
    "permute": "ops.transpose(x, …)",
    "unsqueeze": "ops.expand_dims(x, axis)",
    "size": "x.shape",
    "dim": "len(x.shape)",
    "ndimension": "len(x.shape)",
    "T": "ops.transpose(x)",
    "flatten": "layers.Flatten()(x)",
    "astype": "ops.cast(x, …)",
    "float": 'ops.cast(x, "float32")',
    "type": "ops.cast(x, …)",
    "mul": "x * y",
    "mul_": "x * y",
    "add_": "x + y",
    "div": "x / y",
    "sub": "x - y",
    "pow": "x ** 2",
    "expand": "ops.broadcast_to(x, …)",
    "expand_as": "x * y",
    "cat": "ops.concatenate([x, y], axis)",
    "mm": "ops.matmul(x, y)",
    "bmm": "ops.matmul(x, y)",
    "chunk": "ops.split(x, 2, axis)",
}
METHODS_OF_ARRAYS = {
    "view": "array.reshape(…)",
    "permute": "np.transpose(array, …)",
    "unsqueeze": "array[..., np.newaxis]",
    "expand_dims": "np.expand_dims(array, axis)",
    "newaxis": "array[..., np.newaxis]",
    "cast": 'images.astype("float32")',
    "float": 'images.astype("float32")',
    "type": 'images.astype("float32")',
    "double": 'images.astype("float32")',
    "to": 'images.astype("float32")',
    "append": "np.concatenate([array, …])",
    "numpy": "array",
    "length": "len(array)",
}
# How a list is changed, and how one makes a new tuple instead, which cannot change.
METHODS_OF_LISTS = {
    "append": "{name} + (64,)",
    "extend": "{name} + (64, 128)",
    "insert": "(8,) + {name}",
    "pop": "{name}[:-1]",
    "pop(0": "{name}[1:]",
    "remove": "list({name})",
    "reverse": "{name}[::-1]",
    "sort": "sorted({name})",
}
# Arguments as PyTorch and older versions of Keras and TensorFlow call them.
KEYWORDS = {
    "dim": "axis",
    "dims": "axis",
    "axes": "axis",
    "concat_axis": "axis",
    "keepdim": "keepdims",
    "keep_dims": "keepdims",
    "kernel": "kernel_size",
    "ksize": "kernel_size",
    "stride": "strides",
    "subsample": "strides",
    "bias": "use_bias",
    "border_mode": "padding",
    "init": "kernel_initializer",
    "nb_filter": "filters",
    "num_filters": "filters",
    "out_channels": "filters",
    "output_dim": "units",
    "out_features": "units",
    "dilation": "dilation_rate",
    "eps": "epsilon",
    "p": "rate",
    "act": "activation",
    "activate": "activation",
    "activation_fn": "activation",
    "input": "inputs",
    "output": "outputs",
}
OF_OTHERS = ("math", "random", "functools", "itertools")  # who asks these for a name does not mean the course's
CUTOFF = 0.75  # of difflib's ratio: "hardsigmoid" for "hard_sigmoid" is near, "mean" for "max" is not


def near(name: str, names: Iterable[str]) -> str | None:
    """The name among `names` that is `name` but for capitals, underscores or a slip, if there is one."""
    plain: dict[str, str] = {}
    for candidate in names:
        if not candidate.startswith("_"):
            plain.setdefault(_plain(candidate), candidate)
    wanted = _plain(name)
    if wanted in plain:
        return plain[wanted]
    if len(name) < 3:  # every short name is near another one
        return None
    found = difflib.get_close_matches(wanted, plain, 5, CUTOFF)
    # Of Conv1D, Conv2D and Conv3D, which are as near as each other, images need the second.
    best = max(found, key=lambda other: (_ratio(wanted, other), "2d" in other), default=None)
    return plain[best] if best else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _ratio(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, name).ratio()


def in_modules(name: str, owner: str = "", *, guess: bool = True) -> str | None:
    """What `owner.name` is called in the modules of the course, as one would write it: "layers.Conv2D".

    Without `guess`, only a name that differs by nothing, or by capitals and underscores.
    """
    if owner in OF_OTHERS:
        found = near(name, dir(sys.modules.get(owner)))
        return f"{owner}.{found}" if found else None
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    modules = {written: sys.modules.get(module) for written, module in PLACES.items()}
    # A slip is looked for where the student looked, before all other places. NumPy is only for what is asked of it.
    places = sorted(
        (written for written in modules if written != "np" or owner == "numpy"),
        key=lambda written: PLACES[written] != owner,
    )
    for written in places:
        if hasattr(modules[written], name):
            return f"{written}.{name}"
    for written in places:
        names = dir(modules[written])
        found = near(name, names) if guess else {_plain(known): known for known in names}.get(_plain(name))
        if found:
            return f"{written}.{found}"
    return None


def in_ops(name: str) -> str | None:
    """The function of keras.ops that another library calls `name`."""
    if ELSEWHERE.get(name, "").startswith("ops."):
        return ELSEWHERE[name]
    return f"ops.{name}" if hasattr(sys.modules.get("keras.ops"), name) else None


def in_scope(name: str, scope: Iterable[str]) -> str | None:
    """A name of the notebook, of the function or of Python that is near."""
    return near(name, [*scope, *OF_PYTHON])


def of_tensor(name: str) -> str | None:
    """How `x.name` is written for a Keras tensor."""
    if name in METHODS_OF_TENSORS:
        return METHODS_OF_TENSORS[name]
    return f"ops.{name}(x, …)" if name != "numpy" and in_ops(name) else None


def of_tuple(method: str, line: str) -> str | None:
    """What is written for a tuple where this line would change a list by `method`."""
    found = re.search(rf"\b(\w+)\.({method}\(0)?", line) if method in METHODS_OF_LISTS else None
    return METHODS_OF_LISTS[found[2] or method].format(name=found[1]) if found else None


def of_array(name: str) -> str | None:
    """How `array.name` is written for a NumPy array."""
    if name in METHODS_OF_ARRAYS:
        return METHODS_OF_ARRAYS[name]
    return f"np.{name}(array, …)" if hasattr(sys.modules.get("numpy"), name) else None


def keyword(name: str, function: str) -> str | None:
    """The argument of `function`, a layer or a function of Keras or NumPy, that `name` stands for."""
    accepted = _arguments(function)
    if KEYWORDS.get(name) in accepted:
        return KEYWORDS[name]
    return near(name, accepted)


def identifier(name: str, module: str) -> str | None:
    """The name in quotes that a module of Keras ("activations") knows and that `name` stands for."""
    known = dir(sys.modules.get(f"keras.{module}"))
    return near(name, [candidate for candidate in known if candidate.islower()])


def _arguments(function: str) -> list[str]:
    if function == "Model":  # its signature does not tell
        return ["inputs", "outputs", "name"]
    for module in PLACES.values():
        found: Any = getattr(sys.modules.get(module), function, None)
        if callable(found):
            try:
                return [name for name in inspect.signature(found).parameters if name not in ("args", "kwargs")]
            except ValueError:  # a function written in C
                return []
    return []
