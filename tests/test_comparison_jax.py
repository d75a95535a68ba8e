"""The comparison on JAX gives what it gives on TensorFlow. JAX is none of the course's packages: skipped without it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from curriculum.paths import REPOSITORY

pytest.importorskip("jax")

# Both commands in processes of their own, because Keras has one backend in a process. The images are noise with a bar
# whose place tells the class, so that there is something to learn.
PROGRAM = """
import sys
from pathlib import Path

import numpy as np

from coursekit import results
from experiments import recipe
from experiments.networks import BLOCKS
from experiments.settings import Setting, garments

module, folder = __import__(f"experiments.{sys.argv[1]}", fromlist=["main"]), Path(sys.argv[2])
labels = np.arange(300) % 10
images = np.random.default_rng(0).integers(0, 120, (300, 28, 28), np.uint8)
for image, label in zip(images, labels):
    image[2 * label + 4 : 2 * label + 8, 6:20] += 120
recipe.load_fashion_mnist = lambda: ((images, labels), (images, labels))
recipe.refuse_stand_in = results.refuse_stand_in = lambda: None
module.TEST_BATCH = 100
for name in ("STEP_ROUNDS", "TRIAL_STEPS"):
    setattr(module, name, 2)
networks = {name: BLOCKS[name] for name in ("plain", "ECA", "CBAM", "BAM")}
made = recipe.Recipe(images=300, epochs=1, batch=32, warm_up=1, rate=0.01)
recipe.EXPERIMENTS["blocks"] = recipe.Experiment(networks, Setting(garments), made)
for way in sys.argv[3:]:
    recipe.CHECKPOINTS = folder / way
    recipe.CHECKPOINTS.mkdir()
    recipe.results_folder = results.results_folder = lambda: recipe.CHECKPOINTS
    only = [] if way == "alone" else ["--way", way]
    module.main(["blocks", "--seeds", "2", *only], standalone_mode=False)
"""
WAYS = {
    "tensorflow": ("comparison", ["alone"]),
    "jax": ("comparison_jax", ["side by side", "side by side, as products", "one by one"]),
}


def test_a_seed_gives_the_same_numbers_on_both(tmp_path):
    """After one epoch at a small rate; a large one lets roundings grow, as they do between two processors."""
    content = {}
    for backend, (module, ways) in WAYS.items():
        surroundings = os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": str(REPOSITORY), "JAX_PLATFORMS": "cpu"}
        command = [sys.executable, "-c", PROGRAM, module, str(tmp_path), *ways]
        subprocess.run(command, env=surroundings, cwd=REPOSITORY, check=True, capture_output=True)
        for way in ways:
            content[way] = json.loads((tmp_path / way / "comparison-blocks.json").read_text("utf-8"))
    runs = {way: sorted(found["runs"], key=lambda run: (run["name"], run["seed"])) for way, found in content.items()}
    alone = runs["alone"]
    assert len(alone) == 8 and len({round(run["history"][-1], 4) for run in alone}) == 8  # seeds and networks differ
    for way in WAYS["jax"][1]:
        for one, other in zip(alone, runs[way], strict=True):
            assert (one["name"], one["seed"], one["parameters"]) == (other["name"], other["seed"], other["parameters"])
            assert other["history"] == pytest.approx(one["history"], rel=1e-4)
            assert other["metric"] == pytest.approx(one["metric"], abs=0.01)
            weights = [
                np.load(tmp_path / folder / "blocks" / f"{one['name']}-{one['seed']}.npz") for folder in ("alone", way)
            ]
            assert set(weights[0].files) == set(weights[1].files)
            for path in set(weights[0].files) - {"facts"}:
                apart, length = (
                    np.linalg.norm(value) for value in (weights[1][path] - weights[0][path], weights[0][path])
                )
                assert apart < 0.01 * max(length, 0.01), (
                    path
                )  # a ReLU near zero may be on for one, and off for the other
        assert content[way].keys() == content["alone"].keys()
        assert content[way]["versions"].keys() - content["alone"]["versions"].keys() == {"jax", "accelerator"}


CONVOLUTIONS = [
    ((14, 14, 3), {"filters": 5, "kernel_size": 3, "strides": 2}),
    ((9, 9, 2), {"filters": 1, "kernel_size": 7, "padding": "same"}),
    ((9, 8, 4), {"filters": 4, "kernel_size": 3, "padding": "same", "dilation_rate": 4}),
    ((10, 11, 6), {"filters": 2, "kernel_size": 1, "strides": 2}),
    ((7, 9, 8), {"filters": 3, "kernel_size": 4, "padding": "same", "strides": 3}),
    ((20, 1), {"filters": 1, "kernel_size": 5, "padding": "same"}),
]
BOTH = """
import sys, json
import jax, keras, numpy as np
from experiments.comparison_jax import as_product

def summed(layer, values, kernel):
    def one(values, kernel):
        outputs, _ = layer.stateless_call([kernel, layer.bias.value], [], values)
        return (outputs ** 2).sum(), outputs
    return jax.tree.leaves(jax.vmap(jax.value_and_grad(one, argnums=(0, 1), has_aux=True))(values, kernel))

rng = np.random.default_rng(0)
for shape, options in json.loads(sys.argv[1]):
    layer = (keras.layers.Conv2D if len(shape) == 3 else keras.layers.Conv1D)(**options)
    layer.build((None, *shape))
    other = as_product(layer)
    other.build((None, *shape))
    values, kernel = rng.normal(size=(2, 3, *shape)), rng.normal(size=(2, *layer.kernel.shape))
    with jax.default_matmul_precision("highest"):
        for one, same in zip(*(summed(each, values, kernel) for each in (layer, other)), strict=True):
            np.testing.assert_allclose(one, same, rtol=1e-3, atol=1e-3)
    print("same")
"""


def test_a_convolution_as_a_product_gives_the_same():
    """Its outputs for two kernels at a time, and the gradients."""
    surroundings = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(REPOSITORY), "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", BOTH, json.dumps(CONVOLUTIONS)]
    done = subprocess.run(command, env=surroundings, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    assert done.stdout.count("same") == len(CONVOLUTIONS)
