"""The numbers that must come out, to the last parameter."""

import ast
from functools import partial
from random import Random

import keras
import numpy as np
import pytest

from autograder.lessons.master import read_master
from autograder.lessons.reference import lesson_namespace, reference
from coursekit import weights
from coursekit.gates import found_gates, from_pictures, one_position, read_products, small_networks, table_of
from coursekit.models.catalogue import abstract_model
from coursekit.models.cost import cost as measured_cost
from curriculum.exercises import load
from curriculum.exercises.cost import BLOCKS

BLOCKS_OF_LESSON_11 = ("coordinate_attention", "simam", "global_response_norm", "global_context")


def counts(exercise: str, shape: tuple[int, ...], **arguments) -> tuple[int, int]:
    """Trainable and all parameters of a block on feature maps of this shape."""
    inputs = keras.Input(shape)
    model = keras.Model(inputs, reference(exercise)(inputs, **arguments))
    return size(model.trainable_weights), size(model.weights)


def size(weights) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


@pytest.mark.parametrize(
    ("exercise", "shape", "arguments", "trainable", "total"),
    [
        ("autoencoder_block", (28, 28, 1), {"filters": 16, "name": "a"}, 192, 224),
        ("autoencoder_block", (28, 28, 1), {"filters": 32, "name": "a"}, 384, 448),
        ("autoencoder_block", (14, 14, 16), {"filters": 32, "name": "a"}, 4_704, 4_768),
        ("autoencoder_block", (14, 14, 32), {"filters": 64, "name": "a"}, 18_624, 18_752),
        ("channel_attention", (7, 7, 64), {"name": "a"}, 1_096, 1_096),
        ("channel_attention", (7, 7, 64), {"name": "a", "ratio": 4}, 2_128, 2_128),
        ("channel_attention", (7, 7, 64), {"name": "a", "ratio": 16}, 580, 580),
        ("channel_attention", (7, 7, 32), {"name": "a"}, 292, 292),
        ("channel_attention", (7, 7, 128), {"name": "a"}, 4_240, 4_240),
        ("se_block", (56, 56, 24), {}, 318, 318),
        ("efficientnet_se", (112, 112, 32), {"filters_in": 32}, 552, 552),
        ("efficientnet_se", (56, 56, 96), {"filters_in": 16}, 868, 868),
        ("efficientnet_se", (7, 7, 672), {"filters_in": 112}, 38_332, 38_332),
        ("mobilenet_se", (28, 28, 72), {}, 3_552, 3_552),
        ("spatial_attention", (7, 7, 64), {"name": "a"}, 3_137, 3_137),
        ("spatial_attention", (7, 7, 64), {"name": "a", "kernel_size": 3}, 577, 577),
        ("spatial_attention", (7, 7, 64), {"name": "a", "kernel_size": 1}, 65, 65),
        ("spatial_attention", (7, 7, 32), {"name": "a"}, 1_569, 1_569),
        ("bam_channel_gate", (7, 7, 64), {}, 588, 596),
        ("bam_spatial_gate", (7, 7, 64), {}, 585, 609),
        ("bam_block", (7, 7, 32), {}, 323, 339),
        ("bam_block", (7, 7, 64), {}, 1_173, 1_205),
        ("bam_block", (7, 7, 64), {"ratio": 8}, 2_857, 2_921),
        ("bam_block", (7, 7, 128), {}, 4_457, 4_521),
        ("bam_block", (7, 7, 256), {}, 17_361, 17_489),
        ("bam_block", (7, 7, 512), {}, 68_513, 68_769),
        ("bam_block", (7, 7, 1024), {}, 272_193, 272_705),
        ("attention_module", (7, 7, 16), {"heads": 2, "classes": 10}, 3_456, 3_456),
        ("attention_module", (7, 7, 64), {"heads": 4, "classes": 10}, 27_648, 27_648),
        ("attention_module", (7, 7, 128), {"heads": 4, "classes": 10}, 55_296, 55_296),
        ("attention_module", (7, 7, 640), {"heads": 4, "classes": 10}, 276_480, 276_480),
        ("global_gates", (8, 8, 640), {"count": 4}, 2_568, 2_576),
        ("eca_block", (26, 26, 512), {}, 5, 5),
        ("eca_block", (7, 7, 64), {}, 3, 3),
        ("cbam_channel_attention", (7, 7, 64), {}, 1_096, 1_096),
        ("cbam_channel_attention", (7, 7, 512), {}, 66_112, 66_112),
        ("cbam_spatial_attention", (7, 7, 512), {}, 98, 98),
        ("stacked_spatial_attention", (7, 7, 512), {}, 24_336, 24_336),
        ("cbam_block", (7, 7, 64), {}, 1_194, 1_194),
        ("cbam_block", (7, 7, 256), {}, 16_770, 16_770),
        ("cbam_block", (7, 7, 64), {"ratio": 16}, 678, 678),  # 680 in the authors' code, with its batch normalisation
        ("self_attention", (7, 7, 64), {"heads": 4, "key_dim": 16}, 16_640, 16_640),
        ("self_attention", (7, 7, 32), {"heads": 2, "key_dim": 16}, 4_224, 4_224),
        ("self_attention", (7, 7, 128), {"heads": 4, "key_dim": 32}, 66_048, 66_048),
        ("coordinate_attention", (7, 7, 32), {}, 856, 872),
        ("coordinate_attention", (7, 7, 64), {}, 1_688, 1_704),
        ("coordinate_attention", (7, 7, 128), {}, 3_352, 3_368),
        ("coordinate_attention", (7, 7, 256), {}, 6_680, 6_696),
        ("simam", (7, 7, 64), {}, 0, 0),
        ("global_response_norm", (7, 7, 64), {}, 128, 128),
        ("global_response_norm", (7, 7, 256), {}, 512, 512),  # four times as wide, as inside a block of ConvNeXt V2
        ("global_context", (7, 7, 64), {}, 653, 653),
        ("global_context", (7, 7, 64), {"ratio": 4}, 2_225, 2_225),
        ("global_context", (7, 7, 128), {}, 2_329, 2_329),
        ("global_context", (7, 7, 256), {}, 8_753, 8_753),
        ("global_context", (7, 7, 256), {"ratio": 4}, 33_473, 33_473),
    ],
)
def test_parameters(exercise, shape, arguments, trainable, total, tensorflow):
    assert counts(exercise, shape, **arguments) == (trainable, total)


def test_mobilenet_v2_with_coordinate_attention(tensorflow):
    """3,950,648, the README's 3.95M: in each block but the first, on the widened map."""
    widened = (96, *2 * (144,), *3 * (192,), *4 * (384,), *3 * (576,), *3 * (960,))
    blocks = [counts("coordinate_attention", (7, 7, width))[0] for width in widened]
    assert len(blocks) == 16
    assert 3_504_872 + sum(blocks) == 3_950_648


def test_resnet_50_with_global_context(tensorflow):
    """28,078,773, the paper's 28.08M: a block in each bottleneck but those of the first stage."""
    widths = (*4 * (512,), *6 * (1_024,), *3 * (2_048,))
    assert 25_557_032 + sum(counts("global_context", (7, 7, width))[0] for width in widths) == 28_078_773


def test_convnext_tiny_with_global_response_norm(tensorflow):
    """28,635,496: in each block GRN on four times the width comes, and a scale for each channel goes."""
    widths = (*3 * (96,), *3 * (192,), *9 * (384,), *3 * (768,))
    change = sum(counts("global_response_norm", (7, 7, 4 * width))[0] - width for width in widths)
    assert 28_589_128 + change == 28_635_496


def waves(wave, shape) -> np.ndarray:
    """0.1 cos(0.7 n) or 0.1 sin(0.7 n), n counted through the array."""
    return 0.1 * wave(0.7 * np.arange(np.prod(shape))).reshape(shape)


def of_waves(exercise: str, channels: int, values) -> list[float]:
    """Three outputs and the sum of all, for x = sin(b + 2h + 3w + 5c), (2, 4, 3, channels).

    Normalisations have the authors' epsilon, 1e-5. `values` maps a number among the weights that are not named here to
    what it is set to; the others stay as they begin.
    """
    b, h, w, c = np.indices((2, 4, 3, channels))
    inputs = keras.Input((4, 3, channels))
    model = keras.Model(inputs, reference(exercise)(inputs))
    for layer in model.layers:
        if hasattr(layer, "epsilon"):
            layer.epsilon = 1e-5
    for number, value in values.items():
        weight = model.trainable_weights[number]
        weight.assign(value(weight.shape))
    y = np.array(model(np.sin(b + 2 * h + 3 * w + 5 * c)))
    return [y[0, 1, 0, 0], y[0, 2, 1, 2], y[1, 3, 2, 1], y.sum(dtype=np.float64)]


@pytest.mark.parametrize(
    ("exercise", "channels", "values", "expected"),
    [
        (
            "coordinate_attention",
            32,
            {0: partial(waves, np.cos), 4: partial(waves, np.cos), 6: partial(waves, np.sin)},
            (0.227353, -0.240309, -0.187806, -0.470862),
        ),
        ("simam", 4, {}, (0.666660, -0.706705, -0.512063, -0.782009)),
        (
            "global_response_norm",
            4,
            {0: partial(np.full, fill_value=0.5), 1: lambda shape: 0.1 * np.arange(4)},
            (1.316031, -1.192142, -1.014954, 12.251045),
        ),
        (
            "global_context",
            32,
            {number: partial(waves, np.cos) for number in (0, 2, 6)},
            (1.000034, -0.945975, -0.675318, -0.940794),
        ),
    ],
)
def test_outputs_for_known_weights(exercise, channels, values, expected, tensorflow):
    """As other programs of the authors' formulas give them, in float64."""
    np.testing.assert_allclose(of_waves(exercise, channels, values), expected, atol=5e-6)


def test_new_blocks_begin_where_the_lesson_says(tensorflow):
    """GRN and GC as the identity, coordinate attention of zero weights at a quarter; SimAM never goes below 0.622."""
    maps = np.random.default_rng(0).standard_normal((2, 5, 4, 32)).astype("float32")
    inputs = keras.Input(maps.shape[1:])
    blocks = {name: keras.Model(inputs, reference(name)(inputs)) for name in BLOCKS_OF_LESSON_11}
    for name in ("global_response_norm", "global_context"):
        np.testing.assert_array_equal(blocks[name](maps), maps)
    for weight in blocks["coordinate_attention"].trainable_weights:
        weight.assign(np.zeros(weight.shape))
    np.testing.assert_allclose(blocks["coordinate_attention"](maps), maps / 4, rtol=1e-6)
    gates = np.array(blocks["simam"](maps)) / maps
    assert 1 / (1 + np.exp(-0.5)) - 1e-6 < gates.min() < 0.6226 and gates.max() < 1


def test_which_blocks_do_not_know_an_order_of_positions(tensorflow):
    """Shuffled before and put back behind, the map is the same but for coordinate attention, which minds rows."""
    generator = np.random.default_rng(0)
    maps = generator.standard_normal((1, 4, 4, 32)).astype("float32")
    order = generator.permutation(16)
    inputs = keras.Input((4, 4, 32))
    for name in BLOCKS_OF_LESSON_11:
        block = keras.Model(inputs, reference(name)(inputs))
        for weight in block.trainable_weights:
            weight.assign(5 * waves(np.cos, weight.shape))
        shuffled = np.array(block(maps.reshape(1, 16, 32)[:, order].reshape(maps.shape))).reshape(1, 16, 32)
        difference = np.abs(shuffled[:, np.argsort(order)].reshape(maps.shape) - np.array(block(maps))).max()
        assert (difference > 1e-3) == (name == "coordinate_attention"), name


def test_a_silent_channel_leaves_the_gradient_of_grn_a_number(tensorflow):
    """The root of a sum of squares has an infinite slope at 0."""
    import tensorflow as tf

    maps = tf.constant(np.random.default_rng(0).standard_normal((1, 3, 3, 4)) * [1, 1, 1, 0], "float32")
    inputs = keras.Input((3, 3, 4))
    block = keras.Model(inputs, reference("global_response_norm")(inputs))
    for weight in block.trainable_weights:
        weight.assign(np.ones(weight.shape))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(block(maps))
    assert np.isfinite(tape.gradient(total, maps)).all()


def test_resnet_50_with_three_bams(tensorflow):
    """25,915,099: the plain network's weights, and a BAM where its first three stages end."""
    assert 25_557_032 + sum(counts("bam_block", (7, 7, width))[0] for width in (256, 512, 1024)) == 25_915_099


def test_one_bam_fewer_than_stages(tensorflow):
    """In the network as the student builds it: what it has more than the plain one."""
    plain, attended = (
        size(reference(name)((16, 16, 1), (1, 1, 1, 1), (16, 32, 32, 64), 10).trainable_weights)
        for name in ("resnet", "bam_resnet")
    )
    assert attended - plain == sum(counts("bam_block", (4, 4, width))[0] for width in (16, 32, 32))


def test_attend_and_rectify_on_a_wide_resnet(tensorflow):
    """WRN-28-10 has 36,479,194 weights, WARN-28-10 36,965,634: three modules, the gates, one batch normalisation."""
    modules = sum(counts("attention_module", (8, 8, width), heads=4, classes=10)[0] for width in (160, 320, 640))
    first_normalisation = 2 * 16
    assert modules == 483_840
    added = modules + counts("global_gates", (8, 8, 640), count=4)[0] + first_normalisation
    assert 36_479_194 + added == 36_965_634


def test_se_block_in_two_parts(tensorflow):
    """The seed's printed summary: 150 in the first layer, 168 in the second."""
    inputs = keras.Input((56, 56, 24))
    model = keras.Model(inputs, reference("se_block")(inputs))
    assert [layer.count_params() for layer in model.layers if layer.weights] == [150, 168]


def convolutions(model: keras.Model, word: str) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if word in layer.name and isinstance(layer, keras.layers.Conv2D)]


def test_efficientnet_b0(tensorflow):
    """All squeeze-and-excitation blocks of Keras' EfficientNetB0, and ours at the same places: 636,540."""
    model = keras.applications.EfficientNetB0(weights=None)
    reduce, expand = convolutions(model, "se_reduce"), convolutions(model, "se_expand")
    assert len(reduce) == len(expand) == 16
    assert sum(layer.count_params() for layer in reduce + expand) == 636_540
    widths = [32, 16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112, 192, 192, 192, 192]
    ours = 0
    for layer, filters_in in zip(expand, widths, strict=True):
        ours += counts("efficientnet_se", (7, 7, layer.filters), filters_in=filters_in)[0]
    assert ours == 636_540


def test_mobilenet_v3_large(tensorflow):
    """All squeeze-and-excitation blocks of Keras' MobileNetV3Large, and ours at the same places: 1,512,280."""
    model = keras.applications.MobileNetV3Large(weights=None)
    blocks = convolutions(model, "squeeze_excite")
    assert sum(layer.count_params() for layer in blocks) == 1_512_280
    widths = [layer.filters for layer in blocks if layer.kernel.shape[-1] > layer.kernel.shape[-2]]
    assert len(widths) == 8
    assert sum(counts("mobilenet_se", (7, 7, width))[0] for width in widths) == 1_512_280


@pytest.fixture(scope="module")
def opened():
    """The functions of lesson 13, with those of its experiments."""
    names = dict(lesson_namespace("13-a-real-network"))
    for cell in read_master("13-a-real-network").cells:
        if cell.experiment:
            kept = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            exec(compile(ast.Module(kept, []), "lesson 13", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("network", "gates", "parameters", "products"),
    [("EfficientNetB0", 16, 636_540, 16), ("MobileNetV3Large", 8, 1_512_280, 16), ("MobileNetV3Small", 9, 461_640, 18)],
)
def test_the_gates_of_real_networks_are_found(network, gates, parameters, products, opened, tensorflow):
    """By the reader's function alone, in the table of any network: the 636,540 and the 1,512,280 of lesson 3."""
    table = table_of(getattr(keras.applications, network)(weights=None))
    assert opened["count_gates"](table) == (gates, parameters)
    assert sum(kind == "Multiply" for kind, _, _ in table.values()) == products


def test_what_a_message_calls_a_network_is_its_table():
    """So a reader can print the case that failed; one that grading has drawn is called by its parts alone."""
    cases = load("count_gates").cases
    assert len(small_networks) == len(cases)
    for case in cases:
        network = case.arguments["network"]
        assert eval(repr(network), {"small_networks": small_networks}) == dict(network)
        assert "small_networks" not in repr(case.fresh(Random(1))["network"])


def test_no_gate_is_found_where_a_network_has_none(opened, tensorflow):
    for network in ("MobileNetV2", "ResNet50V2"):
        assert opened["count_gates"](table_of(getattr(keras.applications, network)(weights=None))) == (0, 0)


@pytest.mark.parametrize("block", ["channel_attention", "se_block", "efficientnet_se", "mobilenet_se"])
def test_a_gate_of_lesson_3_is_found_with_its_parameters(block, opened, tensorflow):
    arguments = {"channel_attention": {"name": "a"}, "efficientnet_se": {"filters_in": 16}}.get(block, {})
    x = keras.Input((7, 7, 64))
    model = keras.Model(x, reference(block)(x, **arguments))
    assert opened["count_gates"](table_of(model)) == (1, model.count_params())
    assert list(found_gates(model, opened["count_gates"]).values()) == [model.count_params()]


@pytest.mark.parametrize("network", ["EfficientNetB0", "MobileNetV3Large"])
def test_in_these_networks_gates_can_also_be_told_by_their_single_position(network, opened, tensorflow):
    """So the demo finds them while the reader's function does not."""
    model = getattr(keras.applications, network)(weights=None)
    assert one_position(model) == list(found_gates(model, opened["count_gates"]))


def test_gates_are_read_as_the_network_computes_them(opened, tensorflow):
    network = weights.load("autoencoder-channel")
    images = np.random.default_rng(0).uniform(size=(3, 28, 28, 1)).astype("float32")
    read = read_products(network, images, found_gates(network, opened["count_gates"]))
    assert len(read) == 4
    for name, (maps, gates) in read.items():
        product = keras.Model(network.input, network.get_layer(name).output).predict(images, verbose=0)
        np.testing.assert_allclose(maps * gates[:, np.newaxis, np.newaxis], product, rtol=1e-5, atol=1e-6)


def test_how_much_of_the_gates_comes_from_the_pictures():
    channels = np.array([[0.1, 0.5, 0.9]] * 2)
    assert from_pictures(channels) == 0 and from_pictures(channels.T) == pytest.approx(1)
    assert from_pictures(np.array([[0.0, 1.0], [1.0, 0.0]])) == 1 and from_pictures(np.ones((2, 3))) == 0


@pytest.mark.slow
def test_a_gate_that_starts_open_changes_no_output_and_learns(opened, tensorflow):
    """The one with the large bias changes none either, and never learns."""
    network = weights.load("resnet-20-residual")
    images = np.random.default_rng(0).uniform(size=(4, 28, 28, 1)).astype("float32")
    before, labels = network.predict(images, verbose=0), np.arange(4)
    moved = {}
    for name in ("biased_gate", "open_gate"):
        model = opened["with_gates"](network, opened[name])
        assert opened["count_gates"](table_of(model))[0] == 9
        np.testing.assert_allclose(model.predict(images, verbose=0), before, rtol=0, atol=1e-6)
        own = {weight.path: weight.numpy() for weight in model.trainable_weights}
        model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
        model.train_on_batch(images, labels)
        known = {layer.name for layer in network.layers}
        new = [weight for layer in model.layers if layer.name not in known for weight in layer.trainable_weights]
        moved[name] = max(np.abs(weight.numpy() - own[weight.path]).max() for weight in new)
    assert moved["biased_gate"] == 0 < moved["open_gate"]


def test_hard_sigmoid_is_keras_3s(tensorflow):
    """relu6(x + 3) / 6; Keras 2 had clip(0.2 x + 0.5, 0, 1)."""
    values = keras.ops.convert_to_numpy(keras.activations.hard_sigmoid(np.float32([-2.5, 1])))
    np.testing.assert_allclose(values, [0.5 / 6, 4 / 6], rtol=1e-6)


def test_the_latent_map_is_7_by_7(tensorflow):
    for exercise in ("autoencoder", "attention_autoencoder"):
        model = reference(exercise)((28, 28, 1), (16, 32))
        assert model.get_layer("latent").output.shape == (None, 7, 7, 32)
        assert model.output.shape == (None, 28, 28, 1)


def test_given_ratio_at_least_one_unit(tensorflow):
    assert counts("channel_attention", (4, 4, 12), name="a", ratio=16)[0] == 2 * 12 + 1 + 12


# specs: ties (8, 128, 2048) go up, as in the paper's Figure 3; the widths of ResNet-50's stages.
KERNEL_SIZES = {
    4: 1,
    8: 3,
    16: 3,
    24: 3,
    32: 3,
    64: 3,
    127: 3,
    128: 5,
    256: 5,
    512: 5,
    1024: 5,
    2047: 5,
    2048: 7,
    4096: 7,
}


def test_eca_kernel_sizes():
    assert {channels: reference("eca_kernel_size")(channels) for channels in KERNEL_SIZES} == KERNEL_SIZES


def test_eca_in_resnet_50(tensorflow):
    """3, 4, 6 and 3 blocks: 86 by the formula, 80 in the authors' network, which has 3 where the formula has 5."""
    blocks = {256: 3, 512: 4, 1024: 6, 2048: 3}
    assert sum(count * counts("eca_block", (7, 7, width))[0] for width, count in blocks.items()) == 86


def test_vgg16_with_cbam(tensorflow):
    """The Japanese article's network: 14,714,688 of VGG16, 66,112 and 24,336 of attention."""
    with keras.StatelessScope(initialize_variables=False):  # counted, not made: 60 MB
        model = reference("vgg16_cbam")((224, 224, 3))
        assert (model.count_params(), model.output_shape) == (14_805_136, (None, 7, 7, 512))
    keras.utils.clear_session(free_memory=False)  # it would make the weights at the next chance


def test_depths_of_the_depth_experiment(tensorflow):
    """6n + 2 weighted layers on the main path, with n blocks in each of three stages."""
    lesson = lesson_namespace("2-resnet")
    for count in (1, 3, 7):
        model = lesson["resnet"]((28, 28, 1), (count,) * 3, (8, 16, 32), 10, block=lesson["plain_block"])
        weighted = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
        assert len(weighted) == 6 * count + 2


def test_the_third_module_of_attention_56(tensorflow):
    """The released network's module at 14×14×1024, without its running statistics: 8,804,352."""
    x = keras.Input((14, 14, 1024))
    model = abstract_model(lambda: keras.Model(x, reference("residual_attention")(x)))
    assert size(model.trainable_weights) == 8_804_352


@pytest.mark.parametrize("block", ["se_block", "spatial_attention", "cbam_block", "bam_block", "self_attention"])
def test_cost_is_what_the_blocks_cost(block, tensorflow):
    """The formulas of lesson 10 against the blocks that the lessons build."""
    lesson = lesson_namespace("10-self-attention")
    arguments = {"spatial_attention": {"name": "a"}, "self_attention": {"heads": 4, "key_dim": 16}}
    x = keras.Input((6, 10, 64))
    measured = measured_cost(keras.Model(x, lesson[block](x, **arguments.get(block, {"ratio": 16}))))
    name = block if block == "self_attention" else block.split("_")[0]
    assert lesson["cost"](name, 6, 10, 64) == (measured.trainable, measured.multiply_adds)


def test_the_figure_of_costs_has_a_line_for_every_block(tensorflow):
    """Colours and styles of lines run out sooner than blocks do; self-attention's, the figure's point, comes late."""
    cell = next(cell for cell in read_master("10-self-attention").cells if "growth = " in cell.source)
    figures: list = []
    cells = lesson_namespace("10-self-attention") | {"blocks": dict.fromkeys(BLOCKS), "display": figures.append}
    exec(cell.source, cells)
    drawn = [text.get_text() for text in figures[0].axes[0].get_legend().get_texts()]
    assert {cells["names"][block] for block in BLOCKS} | {"in 7 × 7 windows"} <= set(drawn)


def test_attention_in_tiles_is_attention(tensorflow):
    """Lesson 10's loop over tiles, also where a tile is cut short and where scores are large."""
    source = next(cell.source for cell in read_master("10-self-attention").cells if "def in_tiles" in cell.source)
    names = {"np": np}
    exec(source.partition("\nquery, key")[0], names)
    query, key, value = 5 * np.random.default_rng(0).standard_normal((3, 50, 16))
    scores = np.exp(query @ key.T / 4)
    right = scores / scores.sum(axis=-1, keepdims=True) @ value
    np.testing.assert_allclose(names["in_tiles"](query, key, value, tile=7), right, rtol=1e-6)


def test_grad_cam_by_hand(tensorflow):
    """Lesson 4's cell on a map of two channels whose mean gradients are 2 and -1, up to a factor.

    The map is the ReLU of 2 · (0 ... 15) - 4, over its largest value. The squares' weights differ, their mean counts.
    """
    source = next(cell.source for cell in read_master("4-spatial-attention").cells if "def grad_cam" in cell.source)
    names = {"keras": keras, "np": np, "ops": keras.ops}
    exec(source.partition("\ngates, shown")[0], names)
    x = keras.Input((4, 4, 2))
    pooled = keras.layers.Flatten()(keras.layers.AveragePooling2D(2, name="squares")(x))
    model = keras.Model(x, keras.layers.Dense(2, activation="softmax", name="classes")(pooled))
    kernel = np.zeros((8, 2))
    kernel[:, 0] = [4, -1, 2, -1, 2, -1, 0, -1]  # square by square, both channels
    model.set_weights([kernel, np.zeros(2)])
    rising = np.arange(16.0).reshape(4, 4)
    image = np.stack([rising, np.full((4, 4), 4.0)], axis=-1)[np.newaxis].astype("float32")
    assert model.predict(image, verbose=0).argmax() == 0
    np.testing.assert_allclose(names["grad_cam"](model, image)[0], np.maximum(2 * rising - 4, 0) / 26, atol=1e-6)
    own = np.repeat(np.repeat([[4, 2], [2, 0]], 2, axis=0), 2, axis=1) * rising - 4
    np.testing.assert_allclose(
        names["grad_cam"](model, image, mean=False)[0], np.maximum(own, 0) / own.max(), atol=1e-6
    )


def test_the_example_network_keeps_its_budget(tensorflow):
    assert size(reference("my_network")((28, 28, 1), 10).trainable_weights) <= 100_000
