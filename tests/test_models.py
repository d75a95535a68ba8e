"""coursekit.models against the published ResNets: counts, shapes, padding, strides, and no backend but Keras."""

import ast
import functools
from pathlib import Path

import keras
import numpy as np
import pytest

import coursekit.models
from coursekit.models import resnet
from coursekit.models.resnet import basic_branch, residual_block

pytestmark = pytest.mark.xdist_group("models")  # one worker builds each network, not both

# The numbers osmr/imgclsmob asserts for its Gluon, Chainer and TF2 models, and torchvision documents for its own.
PUBLISHED_PARAMETERS = {18: 11_689_512, 34: 21_797_672, 50: 25_557_032, 101: 44_549_160}


def count(weights: list[keras.Variable]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def convolutions(model: keras.Model) -> list[keras.layers.Conv2D]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


@functools.lru_cache(maxsize=2)
def built(depth: int) -> keras.Model:
    """ResNet-`depth` for 224x224 images, shared by the tests that only look at it; few are kept, for memory."""
    return resnet(depth)


@pytest.mark.parametrize("depth", PUBLISHED_PARAMETERS)
def test_parameters_depth_and_output_are_the_published_ones(depth):
    model = built(depth)
    assert count(model.trainable_weights) == PUBLISHED_PARAMETERS[depth]
    main_path = [layer for layer in convolutions(model) if "shortcut" not in layer.name]
    assert len(main_path) + 1 == depth  # with the dense layer: what gives each network its name
    assert sum(isinstance(layer, keras.layers.ReLU) for layer in model.layers) == len(main_path)
    assert model.input_shape == (None, 224, 224, 3)
    assert model.output_shape == (None, 1000)


@pytest.mark.parametrize(("depth", "widest"), [(18, 512), (50, 2048)])
def test_stages_have_56_28_14_and_7_pixels(depth, widest):
    model = built(depth)
    for stage, pixels in {2: 56, 3: 28, 4: 14, 5: 7}.items():
        assert model.get_layer(f"conv{stage}_1_out").output.shape[1:3] == (pixels, pixels)
    assert model.get_layer("conv1_out").output.shape == (None, 112, 112, 64)
    assert model.get_layer("pool").input.shape == (None, 7, 7, widest)


def test_bottlenecks_have_their_stride_on_the_3x3_convolution():
    strided = {layer.name: layer.kernel_size for layer in convolutions(built(50)) if layer.strides == (2, 2)}
    assert strided == {"conv1_conv": (7, 7)} | {
        f"conv{stage}_1_{part}_conv": kernel
        for stage in (3, 4, 5)
        for part, kernel in ((2, (3, 3)), ("shortcut", (1, 1)))
    }


@pytest.mark.parametrize(("depth", "stages"), [(18, (3, 4, 5)), (50, (2, 3, 4, 5))])
def test_shortcuts_are_projections_only_where_the_shape_changes(depth, stages):
    names = {layer.name for layer in convolutions(built(depth)) if layer.name.endswith("shortcut_conv")}
    assert names == {f"conv{stage}_1_shortcut_conv" for stage in stages}


def test_convolutions_have_no_bias_and_normalisation_has_its_constants():
    normalisations = [layer for layer in built(50).layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert not any(layer.use_bias for layer in convolutions(built(50)))
    assert len(normalisations) == len(convolutions(built(50))) == 53
    assert {(layer.momentum, layer.epsilon) for layer in normalisations} == {(0.9, 1e-5)}


def test_tiny_images_give_probabilities():
    keras.utils.set_random_seed(0)
    model = resnet(18, input_shape=(32, 48, 1), classes=10)
    images = np.random.default_rng(0).random((2, 32, 48, 1), dtype="float32")
    probabilities = keras.ops.convert_to_numpy(model(images, training=False))
    assert probabilities.shape == (2, 10)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-5)
    # The output depends on the image: by ratios, for an untrained network may be nearly certain of one class.
    assert np.abs(np.log(probabilities[0] / probabilities[1])).max() > 0.1


def test_odd_sizes_add_up_in_every_block():
    assert resnet(50, input_shape=(37, 45, 3), classes=10).get_layer("pool").input.shape == (None, 2, 2, 2048)


def test_stem_pads_three_pixels_on_every_side():
    model = resnet(18, input_shape=(32, 32, 1))
    convolution = model.get_layer("conv1_conv")
    convolution.set_weights([np.ones(convolution.kernel.shape)])
    stem = keras.Model(model.input, convolution.output)
    corner = keras.ops.convert_to_numpy(stem(np.ones((1, 32, 32, 1), "float32")))[0, 0, 0, 0]
    assert corner == 16  # a 7x7 window centred on the corner pixel covers 4x4 pixels of the image; "same" covers 5x5


def test_max_pool_pads_one_pixel_on_every_side():
    model = resnet(18, input_shape=(32, 32, 1))
    pool = keras.Model(model.get_layer("conv1_out").output, model.get_layer("pool1").output)
    ramp = np.broadcast_to(np.arange(16.0, dtype="float32")[None, None, :, None], (1, 16, 16, 64))
    pooled = keras.ops.convert_to_numpy(pool(ramp))
    np.testing.assert_array_equal(pooled[0, 0, :, 0], np.arange(8) * 2 + 1)  # columns -1..1, 1..3, 3..5


def test_a_zeroed_branch_leaves_the_rectified_shortcut():
    image = keras.Input((4, 4, 3))
    block = keras.Model(image, residual_block(image, basic_branch, 3, 1, "block"))
    block.get_layer("block_2_bn").gamma.assign(np.zeros(3))
    x = np.random.default_rng(0).normal(size=(1, 4, 4, 3)).astype("float32")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(block(x)), np.maximum(x, 0))


def test_a_block_adds_the_branch_before_the_last_relu():
    image = keras.Input((4, 4, 3))
    block = keras.Model(image, residual_block(image, basic_branch, 3, 1, "block"))
    normalisation = block.get_layer("block_2_bn")
    normalisation.gamma.assign(np.zeros(3))
    normalisation.beta.assign(np.full(3, -1.0))  # the branch is -1 everywhere; a ReLU on it would make it 0
    x = np.random.default_rng(0).normal(size=(1, 4, 4, 3)).astype("float32")
    np.testing.assert_allclose(keras.ops.convert_to_numpy(block(x)), np.maximum(x - 1, 0), atol=1e-6)


def test_an_unknown_depth_names_the_known_ones():
    with pytest.raises(ValueError, match=r"depth: expected one of \(18, 34, 50, 101\), received 19"):
        resnet(19)


def imported_packages(source: str) -> set[str]:
    """The first names of everything a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_models_import_keras_and_no_backend():
    assert imported_packages("def f():\n    import tensorflow as tf") == {"tensorflow"}  # the test can fail
    modules = list(Path(coursekit.models.__file__).parent.rglob("*.py"))
    found = set().union(*(imported_packages(module.read_text("utf-8")) for module in modules))
    assert "keras" in found
    assert found <= {"keras", "coursekit", "collections"}
