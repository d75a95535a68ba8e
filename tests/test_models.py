"""coursekit.models: shapes, padding, strides, where attention stands and how it behaves, and no backend but Keras."""

import ast
import functools
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import coursekit.models
from coursekit.models import attend_and_rectify, residual_attention_network, resnet, resnet_cifar, wide_resnet
from coursekit.models.attention import bam, cbam, eca, residual_attention, squeeze_excitation
from coursekit.models.attention.attend_and_rectify import MaskDiversity, attention_heads, head_gates, rectify
from coursekit.models.attention.cbam import channel_attention
from coursekit.models.attention.eca import eca_kernel_size
from coursekit.models.attention.residual_attention import BilinearResize
from coursekit.models.catalogue import abstract_model
from coursekit.models.resnet import basic_branch, residual_block

# The numbers osmr/imgclsmob asserts for its Gluon, Chainer and TF2 models, and torchvision documents for its own.
PUBLISHED_PARAMETERS = {18: 11_689_512, 34: 21_797_672, 50: 25_557_032, 101: 44_549_160}


def count(weights: list[keras.Variable]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def convolutions(model: keras.Model) -> list[keras.layers.Conv2D]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


@functools.cache
def built(depth: int) -> keras.Model:
    """ResNet-`depth` for 224x224 images, shared by the tests that only look at it."""
    return abstract_model(lambda: resnet(depth))


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


def test_the_papers_stride_is_on_the_first_convolution():
    model = abstract_model(lambda: resnet(50, stride_on_first=True))
    strided = {layer.name for layer in convolutions(model) if layer.strides == (2, 2)}
    parts = {f"conv{stage}_1_{part}_conv" for stage in (3, 4, 5) for part in ("1", "shortcut")}
    assert strided == {"conv1_conv"} | parts


def test_resnet_20_has_20_layers_and_three_stages():
    model = abstract_model(lambda: resnet_cifar(20))
    main_path = [layer for layer in convolutions(model) if "shortcut" not in layer.name]
    assert len(main_path) + 1 == 20
    for stage, shape in {2: (32, 32, 16), 3: (16, 16, 32), 4: (8, 8, 64)}.items():
        assert model.get_layer(f"conv{stage}_3_out").output.shape[1:] == shape
    with pytest.raises(ValueError, match=r"depth: expected 6n \+ 2, that is 8, 14, 20, ..., received 21"):
        resnet_cifar(21)


def inputs_of(model: keras.Model, name: str) -> set[str]:
    """The names of the layers whose outputs this layer reads."""
    return {tensor._keras_history.operation.name for tensor in model.get_layer(name)._inbound_nodes[0].input_tensors}


@pytest.mark.parametrize("attention", [squeeze_excitation, eca])
def test_attention_stands_on_every_branch_before_the_addition(attention):
    model = abstract_model(lambda: resnet_cifar(20, block_attention=attention))
    scales = [layer.name for layer in model.layers if layer.name.endswith("_attention_scale")]
    assert scales == [f"conv{stage}_{block}_attention_scale" for stage in (2, 3, 4) for block in (1, 2, 3)]
    for name in scales:
        block = name.removesuffix("_attention_scale")
        assert f"{block}_2_bn" in inputs_of(model, name)
        assert name in inputs_of(model, f"{block}_add")


@pytest.mark.parametrize(
    ("build", "stages"),
    [
        (lambda: resnet(18, stage_attention=bam), ("conv2", "conv3", "conv4")),
        (lambda: resnet_cifar(20, stage_attention=bam), ("conv2", "conv3")),
        (lambda: wide_resnet(10, 1, stage_attention=bam), ("group1", "group2")),
    ],
)
def test_bam_stands_before_each_halving_and_not_at_the_end(build, stages):
    names = [layer.name for layer in abstract_model(build).layers if layer.name.endswith("_attention_add")]
    assert names == [f"{stage}_attention_add" for stage in stages]


def run(block, x: np.ndarray, **options) -> np.ndarray:
    """What a new block gives for a map."""
    image = keras.Input(x.shape[1:])
    model = keras.Model(image, block(image, "block", **options))
    return keras.ops.convert_to_numpy(model(x, training=False))


@pytest.fixture
def feature_map() -> np.ndarray:
    keras.utils.set_random_seed(0)
    return np.random.default_rng(0).normal(size=(2, 8, 6, 32)).astype("float32")


@pytest.mark.parametrize("attention", [squeeze_excitation, eca, cbam])
def test_gates_only_scale_down(attention, feature_map):
    scaled = run(attention, feature_map)
    assert (np.abs(scaled) <= np.abs(feature_map)).all()
    assert (scaled * feature_map >= 0).all()


@pytest.mark.parametrize("options", [{}, {"combine": "product"}, {"normalise": "end"}])
def test_bam_scales_by_one_to_two(options, feature_map):
    x = 20 * feature_map  # so that the scores are far from 0, also the product of two
    ratio = run(bam, x, **options) / x
    assert ratio.min() > 1 and ratio.max() < 2
    assert np.ptp(ratio, axis=(1, 2)).max() > 0.01 and np.ptp(ratio, axis=3).max() > 0.01  # by position, and by channel


def test_cbams_spatial_gates_start_at_one_half(feature_map):
    """The released code's normalisation starts with a scale of 0."""
    channel = run(channel_attention, feature_map)
    keras.utils.set_random_seed(0)  # the same weights again
    np.testing.assert_allclose(run(cbam, feature_map), channel / 2, rtol=1e-5)


@pytest.mark.parametrize(
    ("channels", "size"),
    [(1, 1), (4, 1), (8, 3), (16, 3), (64, 3), (127, 3), (128, 5), (512, 5), (2047, 5), (2048, 7), (4096, 7)],
)
def test_eca_kernel_sizes(channels, size):
    assert eca_kernel_size(channels) == size


def test_eca_looks_at_neighbouring_channels_only(feature_map):
    changed = feature_map.copy()
    changed[..., 10] += 1
    image = keras.Input(feature_map.shape[1:])
    model = keras.Model(image, eca(image, "eca", kernel_size=5))
    gates = keras.Model(image, model.get_layer("eca_reshape").output)
    differs = np.any(np.array(gates(feature_map)) != np.array(gates(changed)), axis=(0, 1, 2))
    assert np.flatnonzero(differs).tolist() == [8, 9, 10, 11, 12]


def test_masks_and_gates_sum_to_one(feature_map):
    masks = run(lambda z, name: attention_heads(z, 4, name), feature_map)
    np.testing.assert_allclose(masks.sum(axis=(1, 2)), 1, rtol=1e-5)
    image, given = keras.Input((8, 6, 32)), keras.Input((8, 6, 4))
    gates = np.array(keras.Model([image, given], head_gates(image, given, "gates"))([50 * feature_map, masks]))
    np.testing.assert_allclose(gates.sum(axis=1), 1, rtol=1e-5)
    assert gates.min() >= 0.0432 and gates.max() <= 0.7113  # tanh: no head can be switched off


def test_mask_diversity_counts_in_training_only():
    masks = np.full((2, 4, 4, 3), 1 / 16, "float32")
    layer = MaskDiversity(0.5)
    layer(masks, training=False)
    assert layer.losses == []
    layer(masks, training=True)
    # Four pooled positions of 1/16 each: every pair of heads has the product 4/256. Six of nine pairs are of two heads.
    np.testing.assert_allclose(float(layer.losses[0]), 0.5 * (4 / 256) ** 2 * 6 / 9, rtol=1e-5)


def test_attend_and_rectify_reads_the_last_groups():
    model = abstract_model(lambda: attend_and_rectify(10, 1, attention_depth=2))
    read = {layer.name: layer.input.shape[1:] for layer in model.layers if layer.name.endswith("_masks_conv")}
    assert read == {"attention3_masks_conv": (8, 8, 64), "attention2_masks_conv": (16, 16, 32)}
    assert model.output_shape == (None, 10)


def test_interpolation_keeps_the_corners():
    x = np.array([[0.0, 3.0], [6.0, 9.0]], "float32")[None, ..., None]
    enlarged = np.array(BilinearResize((4, 3))(x))[0, ..., 0]
    np.testing.assert_allclose(enlarged, np.add.outer([0, 2, 4, 6], [0, 1.5, 3]), rtol=1e-6)
    layer = BilinearResize.from_config(BilinearResize((4, 3)).get_config())
    assert layer.compute_output_shape((None, 2, 2, 5)) == (None, 4, 3, 5)


def test_residual_attention_network_halves_to_seven():
    model = abstract_model(lambda: residual_attention_network(56))
    for stage, (pixels, channels) in {1: (56, 256), 2: (28, 512), 3: (14, 1024)}.items():
        start = f"stage{stage}_attention1"
        assert model.get_layer(f"{start}_last_add").output.shape == (None, pixels, pixels, channels)
        assert model.get_layer(f"{start}_mask_bottom_add").output.shape == (None, 7, 7, channels)
    assert model.get_layer("pool").input.shape == (None, 7, 7, 2048)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: wide_resnet(30, 1), r"depth: expected 6n \+ 4, that is 10, 16, 22, 28, ..., received 30"),
        (lambda: attend_and_rectify(10, 1, attention_depth=4), "attention_depth: expected 1 to 3, received 4"),
        (lambda: residual_attention_network(57), r"depth: expected one of \(56, 92\), received 57"),
        (lambda: residual_attention(keras.Input((8, 8, 6)), "a", 1), "filters: expected a multiple of 4, received 6"),
        (lambda: residual_attention(keras.Input((8, 8, 8)), "a", 0), "pools: expected at least 1, received 0"),
        (
            lambda: bam(keras.Input((8, 8, 8)), "a", combine="max"),
            "combine: expected 'sum' or 'product', received 'max'",
        ),
        (
            lambda: bam(keras.Input((8, 8, 8)), "a", normalise="no"),
            "normalise: expected 'hidden' or 'end', received 'no'",
        ),
        (lambda: eca(keras.Input((8, 8, 8)), "a", kernel_size=4), "kernel_size: expected an odd number, received 4"),
        (lambda: eca_kernel_size(0), "channels: expected at least 1, received 0"),
        (
            lambda: rectify([keras.Input((3,)), keras.Input((3,))], keras.Input((3,))),
            "gates: expected 2, one for each hypothesis, received 3",
        ),
    ],
)
def test_wrong_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        abstract_model(build)


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
    assert found <= {"keras", "coursekit", "curriculum", "numpy"} | sys.stdlib_module_names
