"""What networks and blocks cost, against the numbers that the papers and other people's code give."""

import json
import re
from functools import cache

import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from autograder.lessons.reference import lesson_namespace
from coursekit.models.attention import efficientnet_se, mobilenet_se, squeeze_excitation
from coursekit.models.catalogue import BLOCKS, NETWORKS, abstract_model, block, network, paper_tables
from coursekit.models.cost import Cost, cost, layer_costs
from curriculum.paths import results_folder
from experiments import costs
from tests.conftest import sampled

# Trainable weights. Those of the ResNets, with SE, CBAM and BAM, of the Wide ResNets and of the Residual Attention
# Networks are asserted by osmr/imgclsmob for its own models; the others follow from the blocks' formulas.
PUBLISHED = {
    "ResNet-18": 11_689_512,
    "ResNet-18 + SE": 11_778_592,
    "ResNet-18 + SE, no bias": 11_776_552,
    "ResNet-18 + CBAM": 11_779_392,
    "ResNet-18 + BAM": 11_712_503,
    "ResNet-18 + BAM, BN at the end": 11_713_181,
    "ResNet-18 + ECA": 11_689_512 + 36,
    "ResNet-34": 21_797_672,
    "ResNet-34 + SE": 21_958_868,
    "ResNet-34 + SE, no bias": 21_954_856,
    "ResNet-34 + CBAM": 21_960_468,
    "ResNet-34 + BAM": 21_820_663,
    "ResNet-34 + BAM, BN at the end": 21_821_341,
    "ResNet-34 + ECA": 21_797_672 + 74,
    "ResNet-50": 25_557_032,
    "ResNet-50, stride on the 3x3": 25_557_032,
    "ResNet-50 + SE": 28_088_024,
    "ResNet-50 + SE, no bias": 28_071_976,
    "ResNet-50 + CBAM": 28_089_624,
    "ResNet-50 + BAM": 25_915_099,
    "ResNet-50 + BAM, BN at the end": 25_917_793,
    "ResNet-50 + ECA": 25_557_032 + 86,
    "ResNet-50 + ECA, released": 25_557_032 + 80,
    "ResNet-101": 44_549_160,
    "ResNet-101 + SE": 49_326_872,
    "ResNet-101 + SE, no bias": 49_292_328,
    "ResNet-101 + CBAM": 49_330_172,
    "ResNet-101 + BAM": 44_907_227,
    "ResNet-101 + BAM, BN at the end": 44_909_921,
    "ResNet-101 + ECA": 44_549_160 + 171,
    "ResNet-101 + ECA, released": 44_549_160 + 157,
    "ResNet-20, CIFAR-10": 272_474,
    "ResNet-20 + SE, CIFAR-10": 274_847,
    "ResNet-50, CIFAR-100": 23_705_252,
    "ResNet-50 + SE, CIFAR-100": 26_236_244,
    "ResNet-50 + BAM, CIFAR-100": 24_063_319,
    "ResNet-50 + BAM, BN at the end, CIFAR-100": 24_066_013,
    "WRN-28-8, CIFAR-100": 23_401_012,
    "WRN-28-8 + BAM, CIFAR-100": 23_422_830,
    "WRN-28-10, CIFAR-10": 36_479_194,
    "WARN-28-10, CIFAR-10": 36_965_634,
    "WRN-40-10, CIFAR-10": 55_841_754,
    "WARN-40-10, CIFAR-10": 56_328_194,
    "Attention-56": 31_810_728,
    "Attention-92": 52_466_344,
    "VGG16 + CBAM, stacked 3x3": 14_805_136,
}

# Trainable weights for 16, 32, 64, 128 and 256 channels, by the formulas of each block; and those not trained.
BLOCK_PARAMETERS = {
    "SE, ratio 4": [148, 552, 2128, 8352, 33088],
    "SE, ratio 8": [82, 292, 1096, 4240, 16672],
    "SE": [49, 162, 580, 2184, 8464],
    "SE, no bias": [32, 128, 512, 2048, 8192],
    "ECA": [3, 3, 3, 5, 5],
    "CBAM, ratio 8": [182, 392, 1196, 4340, 16772],
    "CBAM": [149, 262, 680, 2284, 8564],
    "BAM": [96, 323, 1173, 4457, 17361],
    "BAM, BN at the end": [122, 373, 1271, 4651, 17747],
    "BAM, ratio 8": [211, 757, 2857, 11089, 43681],
    "Attend and Rectify, 2 heads": [3456, 6912, 13824, 27648, 55296],
    "Attend and Rectify, 4 heads": [6912, 13824, 27648, 55296, 110592],
    "self-attention, 4 heads": [1088, 4224, 16640, 66048, 263168],
}
NOT_TRAINED = {
    "CBAM": [2] * 5,
    "CBAM, ratio 8": [2] * 5,
    "BAM": [8, 16, 32, 64, 128],
    "BAM, BN at the end": [34, 66, 130, 258, 514],
    "BAM, ratio 8": [16, 32, 64, 128, 256],
}


@cache
def shipped() -> tuple[dict[str, Cost], dict[tuple[str, int], Cost]]:
    """Networks and blocks of data/results/costs.json."""
    content = json.loads((results_folder() / "costs.json").read_text("utf-8"))
    networks = {row.pop("name"): Cost(**row) for row in content["networks"]}
    blocks = {(row.pop("name"), row.pop("input_shape")[-1]): Cost(**row) for row in content["blocks"]}
    return networks, blocks


@pytest.mark.slow  # every network is built
@pytest.mark.parametrize("name", sampled(NETWORKS, in_ci=list(NETWORKS)[::4]))
def test_networks_cost_what_is_shipped(name):
    counted = cost(network(name))
    assert counted == shipped()[0][name], f"stale: {costs.COMMAND}"
    assert counted.trainable == PUBLISHED.get(name, counted.trainable)


def test_every_published_number_is_of_a_network_in_the_catalogue():
    assert PUBLISHED.keys() <= NETWORKS.keys()
    assert shipped()[0].keys() == NETWORKS.keys()


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_cost_what_is_shipped(name):
    for channels in (32, 64):
        assert cost(block(name, (*costs.MAP, channels))) == shipped()[1][name, channels], f"stale: {costs.COMMAND}"
    if name in BLOCK_PARAMETERS:
        rows = [shipped()[1][name, channels] for channels in costs.CHANNELS]
        assert [row.trainable for row in rows] == BLOCK_PARAMETERS[name]
        assert [row.total - row.trainable for row in rows] == NOT_TRAINED.get(name, [0] * 5)


def test_the_page_is_made_from_the_shipped_numbers():
    page = (results_folder().parents[1] / "experiments" / "costs.md").read_text("utf-8")
    assert page == costs.page(*shipped()), f"stale: {costs.COMMAND}"


@pytest.mark.parametrize(("name", "table"), paper_tables().items())
def test_what_differs_from_a_paper_is_explained_and_nothing_else(name, table):
    million, billion = table.get("million", 10**6), table.get("billion", 10**9)
    for row in table["networks"]:
        counted = shipped()[0][row["name"]]
        parameters = costs.rounds_to(counted.trainable / million, row.get("parameters"))
        madds = costs.rounds_to(counted.multiply_adds / billion, row.get("madds"))
        explained = "note" in row or (parameters and "madds_note" in table)
        assert explained or (parameters and madds), row
        assert "note" not in row or not (parameters and madds), f"nothing to explain: {row}"


def test_the_released_eca_networks_are_counted_as_their_counter_does():
    """Without batch norm, ReLU and pooling, in units of 2^30: just below what is printed."""
    networks, _ = shipped()
    for name, figure in (("ResNet-18 + ECA, released", 1.70), ("ResNet-34 + ECA, released", 3.43)):
        assert 0 < figure - networks[name].multiply_adds / 2**30 < 0.02
    assert 0 < 3.86 - networks["ResNet-50, stride on the 3x3"].multiply_adds / 2**30 < 0.06


def test_attention_56_is_printed_with_the_running_statistics():
    assert round(shipped()[0]["Attention-56"].total / 1e6, 1) == 31.9


def test_the_numbers_of_the_seed_documents():
    image = keras.Input((56, 56, 24))
    model = abstract_model(lambda: keras.Model(image, squeeze_excitation(image, "se", ratio=4)))
    assert [layer.count_params() for layer in model.layers if layer.weights] == [150, 168]
    assert cost(block("ECA", (26, 26, 512))).trainable == 5
    assert cost(block("stacked spatial attention", (7, 7, 512))).trainable == 24_336
    assert cost(block("CBAM, no bias, no BN", (7, 7, 64))).trainable == 2 * 64 * 4 + 98
    assert cost(block("Attend and Rectify, 4 heads", (8, 8, 640))).trainable == 276_480
    assert cost(block("Attend and Rectify, 1 head", (8, 8, 64))).trainable == 6_912
    parts = [cost(block(f"residual attention, {n}", (14, 14, 256))) for n in ("3 poolings", "2 poolings", "1 pooling")]
    assert parts[0].trainable == 976_896
    assert cost(block("residual attention, 2 poolings", (28, 28, 512))).trainable == 3_046_912
    assert cost(block("residual attention, 1 pooling", (14, 14, 1024))).trainable == 8_804_352


def gates_of_keras(model: keras.Model, word: str) -> list[layers.Conv2D]:
    return [layer for layer in model.layers if word in layer.name and isinstance(layer, layers.Conv2D)]


def parameters(build, channels: int) -> int:
    image = keras.Input((7, 7, channels))
    return cost(abstract_model(lambda: keras.Model(image, build(image)))).trainable


def test_efficientnet_b0_has_these_squeeze_excitations():
    model = abstract_model(lambda: keras.applications.EfficientNetB0(weights=None))
    reduce, expand = gates_of_keras(model, "se_reduce"), gates_of_keras(model, "se_expand")
    total = sum(layer.count_params() for layer in reduce + expand)
    assert (total, model.count_params() - 7) == (636_540, 5_330_564)  # 7: Keras' own normalisation of the image
    widths = [32, 16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112, 192, 192, 192, 192]  # input of each block
    ours = [
        parameters(lambda x, width=width: efficientnet_se(x, "se", width), layer.filters)
        for layer, width in zip(expand, widths, strict=True)
    ]
    assert sum(ours) == total


@pytest.mark.parametrize(("size", "expected"), [("Large", 1_512_280), ("Small", 461_640)])
def test_mobilenet_v3_has_these_squeeze_excitations(size, expected):
    model = abstract_model(lambda: getattr(keras.applications, f"MobileNetV3{size}")(weights=None))
    gates = gates_of_keras(model, "squeeze_excite")
    assert sum(layer.count_params() for layer in gates) == expected
    widths = [layer.filters for layer in gates if layer.kernel.shape[-1] > layer.kernel.shape[-2]]
    assert sum(parameters(lambda x: mobilenet_se(x, "se"), width) for width in widths) == expected


def test_multiply_adds_by_hand():
    image = keras.Input((8, 6, 4))
    x = layers.Conv2D(10, 3, strides=2, padding="same", name="conv")(image)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    shared = layers.Dense(5, name="shared")
    x = layers.Concatenate()([shared(layers.GlobalAveragePooling2D()(x)), shared(layers.GlobalMaxPooling2D()(x))])
    inner = keras.Sequential([keras.Input((10,)), layers.Dense(3)], name="inner")
    model = keras.Model(image, inner(x))
    assert layer_costs(model) == {
        "conv": 4 * 3 * 9 * 4 * 10,
        "depthwise": 4 * 3 * 9 * 10,
        "shared": 2 * 10 * 5,
        "inner": 10 * 3,
    }
    assert cost(model) == Cost(370 + 100 + 55 + 33, 370 + 100 + 55 + 33, sum(layer_costs(model).values()))


def test_what_scales_and_shifts_costs_nothing_and_a_separable_convolution_what_its_two_halves_do():
    image = keras.Input((8, 6, 4))
    scaled = [layers.BatchNormalization(), layers.LayerNormalization(), layers.GroupNormalization(2)]
    x = image
    for layer in (*scaled, layers.RMSNormalization(), layers.PReLU()):
        x = layer(x)
    assert cost(keras.Model(image, x)).multiply_adds == 0
    x = layers.SeparableConv2D(10, 3, depth_multiplier=2, strides=2, padding="same")(x)
    assert cost(keras.Model(image, x)).multiply_adds == 4 * 3 * (9 * 8 + 8 * 10)


def test_the_capstone_tells_what_an_attention_costs_also_of_a_layer_class_of_ones_own(capsys):
    """Nobody can look into such a class: its parameters are counted all the same."""

    class Gate(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(shape[-1],))

        def call(self, x):
            return x * self.scale

    notebook = instructor_notebook(read_master("12-capstone"), "en")
    cell = next(cell.source for cell in notebook.cells if "import multiply_adds" in cell.source)
    told = {}
    for name, attention in (("a layer", lambda x: x * layers.Dense(x.shape[-1])(x)), ("a class", lambda x: Gate()(x))):
        exec(cell, lesson_namespace("12-capstone") | {"my_attention": attention})
        told[name] = capsys.readouterr().out.splitlines()
    counted = {name: re.search(r"([\d,]+) of them", lines[0])[1] for name, lines in told.items()}
    parameters = {name: int(count.replace(",", "")) for name, count in counted.items()}
    assert parameters == {"a layer": 16 * 17 + 32 * 33 + 64 * 65, "a class": 16 + 32 + 64}
    assert re.fullmatch(r"multiply-adds: [\d,]+, [\d,]+ of them your attention's", told["a layer"][1])
    assert told["a class"][1].startswith("multiply-adds: not counted")


def test_matrix_products_count():
    queries, keys = keras.Input((7, 16)), keras.Input((9, 16))
    model = keras.Model([queries, keys], ops.einsum("bqd,bkd->bqk", queries, keys))
    assert cost(model).multiply_adds == 7 * 9 * 16
    model = keras.Model([queries, keys], ops.matmul(queries, ops.transpose(keys, (0, 2, 1))))
    assert cost(model).multiply_adds == 7 * 9 * 16


def test_self_attention_compares_all_positions_with_all():
    """64 channels, 4 heads of 16: four projections of each position, two products for each pair of positions."""
    counted = cost(block("self-attention, 4 heads", (7, 7, 64)))
    assert counted == Cost(16_640, 16_640, 49 * 4 * 64 * 64 + 4 * 49**2 * 2 * 16)


class Doubled(layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],))

    def call(self, x):
        return x * self.factor


class Subclassed(keras.Model):
    def call(self, x):
        return x


def test_what_cannot_be_counted_is_named():
    image = keras.Input((8, 8, 3))
    with pytest.raises(ValueError, match="mine: no rule for the multiply-adds of a Doubled"):
        cost(keras.Model(image, Doubled(name="mine")(image)))
    with pytest.raises(ValueError, match="transposed: no rule"):
        cost(keras.Model(image, layers.Conv2DTranspose(2, 3, name="transposed")(image)))
    sequence, other = keras.Input((4, 3)), keras.Input((6, 3))
    with pytest.raises(ValueError, match="dot: no rule for the multiply-adds of a Dot"):
        cost(keras.Model([sequence, other], layers.Dot(axes=2, name="dot")([sequence, other])))
    crossed = abstract_model(lambda: keras.Model([sequence, other], layers.MultiHeadAttention(1, 2)(sequence, other)))
    with pytest.raises(ValueError, match="expected self-attention, received a query and values of other shapes"):
        cost(crossed)
    with pytest.raises(ValueError, match="expected a functional or Sequential model, received a Subclassed"):
        cost(Subclassed())
    unsized = keras.Input((None, None, 3))
    with pytest.raises(ValueError, match="conv: expected a known output size, received"):
        cost(keras.Model(unsized, layers.Conv2D(2, 3, name="conv")(unsized)))


def test_costs_can_be_subtracted():
    added = cost(network("ResNet-50 + CBAM")) - cost(network("ResNet-50"))
    assert added == Cost(2_532_592, 2_532_592 + 32, added.multiply_adds)
    assert 0.005 < added.multiply_adds / 1e9 < 0.007


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"expected one of ResNet-18, .*received 'ResNet-19'"):
        network("ResNet-19")
    with pytest.raises(ValueError, match=r"expected one of SE, ratio 4, .*received 'RNN'"):
        block("RNN", (4, 4, 4))


def test_described_networks_leave_nothing_behind():
    """Keras would make the described weights at its next chance, and fill the memory with a ResNet-101."""
    network("ResNet-18")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    assert np.isfinite(keras.ops.convert_to_numpy(model(np.ones((1, 2))))).all()
