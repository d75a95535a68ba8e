"""The attention blocks with weights laid out as in the authors' released code, against NumPy formulas in that layout.

The formulas read PyTorch-style state dicts and work on (batch, channels, height, width). They share nothing with the
Keras blocks but the names of the weights.
"""

from functools import partial

import keras
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from coursekit.models import attend_and_rectify, resnet
from coursekit.models import released as r
from coursekit.models.attention import bam, cbam, eca, residual_attention, squeeze_excitation
from coursekit.models.attention.attend_and_rectify import attention_module, global_gates, mask_overlap, rectify

RNG = np.random.default_rng(5)


class State(dict):
    """A state dict with random weights, which are made when their shapes are declared."""

    def conv(self, name, out, into, *kernel, bias=False):
        fan_in = into * int(np.prod(kernel))
        self[f"{name}.weight"] = RNG.normal(size=(out, into, *kernel)) / np.sqrt(fan_in)
        if bias:
            self[f"{name}.bias"] = RNG.normal(size=out)

    linear = conv

    def bn(self, name, channels):
        for end, low in (("weight", 0.5), ("bias", -1.0), ("running_mean", -1.0), ("running_var", 0.5)):
            self[f"{name}.{end}"] = RNG.uniform(low, 2.0, channels)
        self[f"{name}.num_batches_tracked"] = np.array(7)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def softmax(x, axis):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def linear(state, name, x):
    return x @ state[f"{name}.weight"].T + state.get(f"{name}.bias", 0)


def conv(state, name, x, stride=1, padding=0, dilation=1):
    kernel = state[f"{name}.weight"]
    span = dilation * (kernel.shape[-1] - 1) + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, (span, span), axis=(2, 3))[:, :, ::stride, ::stride, ::dilation, ::dilation]
    out = np.einsum("bihwxy,oixy->bohw", windows, kernel, optimize=True)
    return out + state.get(f"{name}.bias", np.zeros(len(kernel)))[:, None, None]


def bn(state, name, x, epsilon=1e-5):
    """Batch normalisation in inference, for (batch, channels) and (batch, channels, height, width)."""
    weight, bias, mean, variance = (
        state[f"{name}.{end}"].reshape(-1, *[1] * (x.ndim - 2))
        for end in ("weight", "bias", "running_mean", "running_var")
    )
    return weight * (x - mean) / np.sqrt(variance + epsilon) + bias


def max_pool(x, size, stride, before, after):
    padded = np.pad(x, ((0, 0), (0, 0), (before, after), (before, after)), constant_values=-np.inf)
    return sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::stride, ::stride].max(axis=(4, 5))


def enlarge(x, size):
    """Bilinear, corners on corners, one pixel at a time."""
    out = np.empty((*x.shape[:2], *size))
    for i, j in np.ndindex(*size):
        row, column = (
            k * (old - 1) / (new - 1) if new > 1 else 0.0 for k, old, new in zip((i, j), x.shape[2:], size, strict=True)
        )
        top, left = int(row), int(column)
        bottom, right = min(top + 1, x.shape[2] - 1), min(left + 1, x.shape[3] - 1)
        down, across = row - top, column - left
        out[..., i, j] = (1 - down) * ((1 - across) * x[..., top, left] + across * x[..., top, right]) + down * (
            (1 - across) * x[..., bottom, left] + across * x[..., bottom, right]
        )
    return out


def given(*shape):
    return RNG.normal(size=shape)


def keras_output(block, x, state, names):
    """What a Keras block gives for a map in PyTorch's axes, in PyTorch's axes, with the released weights."""
    image = keras.Input((*x.shape[2:], x.shape[1]))
    model = keras.Model(image, block(image))
    r.load_released(model, state, names)
    out = keras.ops.convert_to_numpy(model(np.moveaxis(x, 1, -1).astype("float32"), training=False))
    return np.moveaxis(out, -1, 1) if out.ndim == 4 else out


def assert_equal(received, expected):
    assert received.shape == expected.shape
    assert np.ptp(expected) > 0.1  # not a constant that anything equals
    np.testing.assert_allclose(received, expected, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("use_bias", [True, False])
def test_squeeze_excitation(use_bias):
    state, x = State(), given(2, 32, 5, 6)
    state.linear("fc.0", 2, 32, bias=use_bias)
    state.linear("fc.2", 32, 2, bias=use_bias)
    gates = sigmoid(linear(state, "fc.2", relu(linear(state, "fc.0", x.mean(axis=(2, 3))))))
    block = partial(squeeze_excitation, name="se", use_bias=use_bias)
    assert_equal(keras_output(block, x, state, r.block_names(r.SE, "se")), x * gates[:, :, None, None])


@pytest.mark.parametrize("kernel_size", [3, 7])
def test_eca(kernel_size):
    state, x = State(), given(2, 16, 4, 3)
    state.conv("conv", 1, 1, kernel_size)
    means = np.pad(x.mean(axis=(2, 3)), ((0, 0), (kernel_size // 2,) * 2))
    windows = sliding_window_view(means, kernel_size, axis=1)
    gates = sigmoid(windows @ state["conv.weight"][0, 0])
    block = partial(eca, name="eca", kernel_size=kernel_size)
    assert_equal(keras_output(block, x, state, r.block_names(r.ECA, "eca")), x * gates[:, :, None, None])


def cbam_state(channels, bias=True, normalised=True, state=None, prefix=""):
    state = State() if state is None else state
    state.linear(f"{prefix}ChannelGate.mlp.1", max(1, channels // 16), channels, bias=bias)
    state.linear(f"{prefix}ChannelGate.mlp.3", channels, max(1, channels // 16), bias=bias)
    state.conv(f"{prefix}SpatialGate.spatial.conv", 1, 2, 7, 7)
    if normalised:
        state.bn(f"{prefix}SpatialGate.spatial.bn", 1)
    return state


def cbam_formula(state, x, normalised=True, prefix=""):
    def mlp(pooled):
        hidden = relu(linear(state, f"{prefix}ChannelGate.mlp.1", pooled))
        return linear(state, f"{prefix}ChannelGate.mlp.3", hidden)

    x = x * sigmoid(mlp(x.mean(axis=(2, 3))) + mlp(x.max(axis=(2, 3))))[:, :, None, None]
    pooled = np.stack([x.max(axis=1), x.mean(axis=1)], axis=1)
    scores = conv(state, f"{prefix}SpatialGate.spatial.conv", pooled, padding=3)
    if normalised:
        scores = bn(state, f"{prefix}SpatialGate.spatial.bn", scores)
    return x * sigmoid(scores)


@pytest.mark.parametrize(("use_bias", "batch_norm"), [(True, True), (False, False)])
def test_cbam(use_bias, batch_norm):
    state, x = cbam_state(32, use_bias, batch_norm), given(2, 32, 8, 9)
    names = r.block_names(r.CBAM, "cbam")
    block = partial(cbam, name="cbam", use_bias=use_bias, batch_norm=batch_norm)
    assert_equal(keras_output(block, x, state, names), cbam_formula(state, x, batch_norm))


def bam_state(channels, state=None, prefix=""):
    state, units = State() if state is None else state, max(1, channels // 16)
    gate = f"{prefix}channel_att.gate_c.gate_c"
    state.linear(f"{gate}_fc_0", units, channels, bias=True)
    state.bn(f"{gate}_bn_1", units)
    state.linear(f"{gate}_fc_final", channels, units, bias=True)
    gate = f"{prefix}spatial_att.gate_s.gate_s"
    state.conv(f"{gate}_conv_reduce0", units, channels, 1, 1, bias=True)
    for part in ("reduce0", "di_0", "di_1"):
        state.bn(f"{gate}_bn_{part}", units)
    for number in (0, 1):
        state.conv(f"{gate}_conv_di_{number}", units, units, 3, 3, bias=True)
    state.conv(f"{gate}_conv_final", 1, units, 1, 1, bias=True)
    return state


def bam_formula(state, x, combine, prefix=""):
    gate = f"{prefix}channel_att.gate_c.gate_c"
    hidden = relu(bn(state, f"{gate}_bn_1", linear(state, f"{gate}_fc_0", x.mean(axis=(2, 3)))))
    channel = linear(state, f"{gate}_fc_final", hidden)[:, :, None, None]
    gate = f"{prefix}spatial_att.gate_s.gate_s"
    spatial = relu(bn(state, f"{gate}_bn_reduce0", conv(state, f"{gate}_conv_reduce0", x)))
    for part in ("di_0", "di_1"):
        spatial = conv(state, f"{gate}_conv_{part}", spatial, padding=4, dilation=4)
        spatial = relu(bn(state, f"{gate}_bn_{part}", spatial))
    spatial = conv(state, f"{gate}_conv_final", spatial)
    scores = channel + spatial if combine == "sum" else channel * spatial
    return (1 + sigmoid(scores)) * x


@pytest.mark.parametrize("combine", ["sum", "product"])
def test_bam(combine):
    state, x = bam_state(32), given(2, 32, 9, 7)
    received = keras_output(partial(bam, name="bam", combine=combine), x, state, r.block_names(r.BAM, "bam"))
    assert_equal(received, bam_formula(state, x, combine))


def test_bam_normalised_at_the_end_as_in_the_paper():
    state, x = bam_state(32), given(2, 32, 9, 7)
    for name in [name for name in state if "_bn_" in name]:
        del state[name]
    names = {layer: module for layer, module in r.block_names(r.BAM, "bam").items() if not layer.endswith("_bn")}
    for branch, last, width in (("channel", "expand", 32), ("spatial", "final", 1)):
        state.bn(f"{branch}.bn", width)
        names[f"bam_{branch}_{last}_bn"] = f"{branch}.bn"

    hidden = relu(linear(state, "channel_att.gate_c.gate_c_fc_0", x.mean(axis=(2, 3))))
    channel = bn(state, "channel.bn", linear(state, "channel_att.gate_c.gate_c_fc_final", hidden))
    gate = "spatial_att.gate_s.gate_s_conv"
    spatial = relu(conv(state, f"{gate}_reduce0", x))
    for number in (0, 1):
        spatial = relu(conv(state, f"{gate}_di_{number}", spatial, padding=4, dilation=4))
    spatial = bn(state, "spatial.bn", conv(state, f"{gate}_final", spatial))
    expected = x + x * sigmoid(channel[:, :, None, None] + spatial)
    assert_equal(keras_output(partial(bam, name="bam", normalise="end"), x, state, names), expected)


def module_state(channels, heads, classes, kernel=3, state=None, prefix=""):
    state = State() if state is None else state
    for part, out in (("att_head", heads), ("out_head", heads * classes), ("score", heads)):
        state.conv(f"{prefix}{part}.conv", out, channels, kernel, kernel)
    state[f"{prefix}att_head.diag"] = 1 - np.eye(heads)[None]
    return state


def module_formula(state, z, heads, classes, prefix=""):
    padding = state[f"{prefix}score.conv.weight"].shape[-1] // 2
    positions = z.shape[2] * z.shape[3]
    masks, outputs, scores = (
        conv(state, f"{prefix}{part}.conv", z, padding=padding).reshape(len(z), heads, -1, positions)
        for part in ("att_head", "out_head", "score")
    )
    masks = softmax(masks, axis=-1)
    gates = softmax(np.tanh((scores * masks).sum(axis=-1)), axis=1)
    return ((outputs * masks).sum(axis=-1) * gates).sum(axis=1)


@pytest.mark.parametrize(("heads", "kernel_size"), [(4, 3), (1, 3), (2, 1)])
def test_attention_module(heads, kernel_size):
    state, z = module_state(16, heads, 10, kernel_size), given(3, 16, 6, 8)
    block = partial(attention_module, heads=heads, classes=10, name="attention", kernel_size=kernel_size)
    received = keras_output(block, z, state, r.block_names(r.ATTENTION_MODULE, "attention"))
    assert_equal(received, module_formula(state, z, heads, 10))


@pytest.mark.parametrize("batch_norm", [True, False])
def test_global_gates(batch_norm):
    state, features = State(), given(5, 24)
    state.linear("gates", 4, 24)
    if batch_norm:
        state.bn("bn", 4)
    scores = linear(state, "gates", features)
    expected = softmax(np.tanh(bn(state, "bn", scores) if batch_norm else scores), axis=1)
    assert expected.min() >= 0.0432 and expected.max() <= 0.7112

    image = keras.Input((24,))
    model = keras.Model(image, global_gates(image, 4, "global_gates", batch_norm))
    r.load_released(model, state, r.block_names(r.GLOBAL_GATES, "global_gates"))
    assert_equal(keras.ops.convert_to_numpy(model(features.astype("float32"), training=False)), expected)


@pytest.mark.parametrize("log_softmax", [True, False])
def test_rectify(log_softmax):
    hypotheses, gates = [given(5, 10).astype("float32") for _ in range(3)], softmax(given(5, 3).astype("float32"), 1)
    logs = [np.log(softmax(each, axis=1)) if log_softmax else each for each in hypotheses]
    expected = sum(gates[:, [number]] * each for number, each in enumerate(logs))
    assert_equal(keras.ops.convert_to_numpy(rectify(hypotheses, gates, log_softmax)), expected)
    assert not log_softmax or (np.exp(expected).sum(axis=1) <= 1 + 1e-6).all()


def test_mask_overlap():
    masks = softmax(given(2, 3, 48), axis=2).reshape(2, 3, 6, 8)
    pooled = masks.reshape(2, 3, 3, 2, 4, 2).mean(axis=(3, 5)).reshape(2, 3, -1)
    products = pooled @ pooled.transpose(0, 2, 1) * (1 - np.eye(3))
    received = mask_overlap(np.moveaxis(masks, 1, -1).astype("float32"))
    np.testing.assert_allclose(float(received), (products**2).mean(), rtol=1e-5)


def test_attend_and_rectify_as_a_whole():
    """WARN-10-1 with all three modules, from image to logarithms of probabilities."""
    state, widths = State(), (16, 16, 32, 64)
    state.conv("conv0", 16, 3, 3, 3)
    state.bn("bn0", 16)
    for group in range(3):
        block, into, out = f"group_{group}.block_0", widths[group], widths[group + 1]
        state.bn(f"{block}.bn0", into)
        state.conv(f"{block}.conv0", out, into, 3, 3)
        state.bn(f"{block}.bn1", out)
        state.conv(f"{block}.conv1", out, out, 3, 3)
        if into != out:
            state.conv(f"{block}.conv_reduce", out, into, 1, 1)
        module_state(out, 4, 10, state=state, prefix=f"att{group}.")
    state.bn("bn_g2", 64)
    state.linear("classifier", 10, 64, bias=True)
    state.linear("output_gate.gates", 4, 64)
    state.bn("output_gate.bn", 4)

    image, features = given(2, 3, 16, 16), []
    x = relu(bn(state, "bn0", conv(state, "conv0", image, padding=1)))
    for group in range(3):
        block, stride = f"group_{group}.block_0", 2 if group else 1
        activated = relu(bn(state, f"{block}.bn0", x))
        if group:
            features.append(activated)
        branch = conv(state, f"{block}.conv0", activated, stride=stride, padding=1)
        branch = conv(state, f"{block}.conv1", relu(bn(state, f"{block}.bn1", branch)), padding=1)
        x = branch + (conv(state, f"{block}.conv_reduce", x, stride=stride) if group else x)
    features.append(relu(bn(state, "bn_g2", x)))
    last = features[-1].mean(axis=(2, 3))
    hypotheses = [module_formula(state, features[group], 4, 10, f"att{group}.") for group in (2, 1, 0)]
    hypotheses.append(linear(state, "classifier", last))
    gates = softmax(np.tanh(bn(state, "output_gate.bn", linear(state, "output_gate.gates", last))), axis=1)
    expected = sum(gates[:, [number]] * np.log(softmax(each, axis=1)) for number, each in enumerate(hypotheses))

    model = attend_and_rectify(10, 1, (16, 16, 3), 10)
    r.load_released(model, state, r.attend_and_rectify_names(model))
    received = model(np.moveaxis(image, 1, -1).astype("float32"), training=False)
    assert_equal(keras.ops.convert_to_numpy(received), expected)


def residual_attention_state(module, before, channels, pools):
    state = State()
    names = r.residual_attention_names("block", pools, module, before)
    for layer, released in names.items():
        quarter = channels // 4
        part = layer.removeprefix("block_").rsplit("_", 2)
        if layer.endswith("_bn"):
            state.bn(released, channels if "linear" in layer or part[-2] == "1" else quarter)
        elif "linear" in layer:
            state.conv(released, channels, channels, 1, 1)
        else:
            shape = {"1": (quarter, channels, 1, 1), "2": (quarter, quarter, 3, 3), "3": (channels, quarter, 1, 1)}
            state.conv(released, *shape[part[-2]])
    return state, names


def unit_formula(state, x, path, normalised):
    out = conv(state, f"{path}/branch1/conv1_1x1", relu(bn(state, f"{normalised}/bn", x)))
    for number, kernel, last in ((2, "3x3", "conv1_1x1"), (3, "1x1", "conv2_3x3")):
        out = relu(bn(state, f"{path}/branch1/{last}/bn", out))
        out = conv(state, f"{path}/branch1/conv{number}_{kernel}", out, padding=1 if kernel == "3x3" else 0)
    return x + out


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_residual_attention(activation):
    """The module of the released Attention-56's first stage, with three poolings and two skips."""
    state, names = residual_attention_state("A", "pre", channels=8, pools=3)
    x = given(2, 8, 16, 24)
    unit = partial(unit_formula, state)

    first = unit(x, "A/trunk/res1", "pre")
    trunk = unit(unit(first, "A/trunk/res2", "A/trunk/res1"), "A/trunk/res3", "A/trunk/res2")
    down = [first]
    for level in (1, 2, 3):
        pool = f"A/mask/down_sample/pool{level}_3x3_s2"
        # Caffe's pooling does not pad, but lets the last window reach over the edge.
        down.append(unit(max_pool(down[-1], 3, 2, 0, 1), f"A/mask/down_sample/res{level}_1", pool))
    mask = unit(down[3], "A/mask/down_sample/res3_2", "A/mask/down_sample/res3_1")
    for level in (2, 1):
        skip = unit(down[level], f"A/mask/skip/res{level}", f"A/mask/down_sample/res{level}_1")
        mask = skip + enlarge(mask, skip.shape[2:])
        mask = unit(mask, f"A/mask/up_sample/res{level}_1", f"A/mask/up_sample{level}")
    mask = enlarge(mask, x.shape[2:])
    mask = conv(state, "A/mask/linear_1", relu(bn(state, "A/mask/up_sample/interp_1/bn", mask)))
    mask = conv(state, "A/mask/linear_2", relu(bn(state, "A/mask/linear_1/bn", mask)))
    mask = sigmoid(mask) if activation == "sigmoid" else np.tanh(mask)
    expected = unit(trunk + trunk * mask, "A", "A/fusion")

    block = partial(residual_attention, name="block", pools=3, activation=activation)
    assert_equal(keras_output(block, x, state, names), expected)


def resnet18_state(attention=None):
    """The state dict of the attention papers' ResNet-18 for small images, with attention in it."""
    state, into = State(), 64
    state.conv("conv1", 64, 3, 3, 3)
    state.bn("bn1", 64)
    for stage, out in enumerate((64, 128, 256, 512), start=1):
        for number in (0, 1):
            block = f"layer{stage}.{number}"
            state.conv(f"{block}.conv1", out, into, 3, 3)
            state.conv(f"{block}.conv2", out, out, 3, 3)
            state.bn(f"{block}.bn1", out)
            state.bn(f"{block}.bn2", out)
            if into != out:
                state.conv(f"{block}.downsample.0", out, into, 1, 1)
                state.bn(f"{block}.downsample.1", out)
            if attention == "cbam":
                cbam_state(out, state=state, prefix=f"{block}.cbam.")
            into = out
        if attention == "bam" and stage < 4:
            bam_state(out, state=state, prefix=f"bam{stage}.")
    state.linear("fc", 10, 512, bias=True)
    return state


def resnet18_formula(state, image, attention=None):
    x = relu(bn(state, "bn1", conv(state, "conv1", image, padding=1)))
    for stage in (1, 2, 3, 4):
        for number in (0, 1):
            block, stride = f"layer{stage}.{number}", 2 if stage > 1 and number == 0 else 1
            out = relu(bn(state, f"{block}.bn1", conv(state, f"{block}.conv1", x, stride=stride, padding=1)))
            out = bn(state, f"{block}.bn2", conv(state, f"{block}.conv2", out, padding=1))
            if attention == "cbam":
                out = cbam_formula(state, out, prefix=f"{block}.cbam.")
            if stride == 2:
                x = bn(state, f"{block}.downsample.1", conv(state, f"{block}.downsample.0", x, stride=2))
            x = relu(out + x)
        if attention == "bam" and stage < 4:
            x = bam_formula(state, x, "product", f"bam{stage}.")
    return softmax(linear(state, "fc", x.mean(axis=(2, 3))), axis=1)


@pytest.mark.parametrize(
    ("attention", "options", "names"),
    [
        ("cbam", {"block_attention": cbam}, (r.CBAM, "cbam")),
        ("bam", {"stage_attention": partial(bam, combine="product")}, (r.BAM, "bam")),
    ],
)
def test_resnet18_as_a_whole(attention, options, names):
    """Where the attention stands: the released ResNet-18 from an image to probabilities."""
    state, image = resnet18_state(attention), given(1, 3, 16, 8)
    model = resnet(18, (16, 8, 3), 10, small_images=True, **options)
    r.load_released(model, state, r.resnet_names(model, *names))
    received = keras.ops.convert_to_numpy(model(np.moveaxis(image, 1, -1).astype("float32"), training=False))
    expected = resnet18_formula(state, image, attention)
    np.testing.assert_allclose(np.log(received), np.log(expected), rtol=1e-3, atol=1e-3)
    assert np.ptp(np.log(expected)) > 0.1


def se_model():
    image = keras.Input((4, 4, 32))
    return keras.Model(image, squeeze_excitation(image, "se"))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda state: state.pop("fc.0.bias"), KeyError, "'fc.0.bias' is missing"),
        (lambda state: state.update({"fc.4.weight": np.ones(2)}), ValueError, "no layer takes, 'fc.4.weight'"),
        (lambda state: state.linear("fc.0", 4, 32, bias=True), ValueError, r"expected \(32, 2\) .* received \(32, 4\)"),
    ],
)
def test_weights_that_do_not_fit_are_named(change, error, message):
    state = State()
    state.linear("fc.0", 2, 32, bias=True)
    state.linear("fc.2", 32, 2, bias=True)
    change(state)
    with pytest.raises(error, match=message):
        r.load_released(se_model(), state, r.block_names(r.SE, "se"))


def test_a_layer_without_a_released_name_is_named():
    with pytest.raises(KeyError, match="se_gates"):
        r.load_released(se_model(), {"fc.0.weight": np.ones((2, 32)), "fc.0.bias": np.ones(2)}, {"se_reduce": "fc.0"})
