"""The reference answers against the papers' formulas, written independently in NumPy."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from autograder.checking.challenge import Challenge
from autograder.checking.measure import measure
from autograder.lessons.reference import reference
from curriculum.exercises import Case, load

CHALLENGE = Challenge(31)


def weight(*shape: int) -> np.ndarray:
    return CHALLENGE.weight(shape).astype(np.float64)


def sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2  # the same, and no overflow where x is large


def relu(x):
    return np.maximum(x, 0)


def convolve(x, kernel, stride=1):
    """Cross-correlation with TensorFlow's "same" padding, (batch, height, width, channels)."""
    size = kernel.shape[0]
    pads = []
    for length in x.shape[1:3]:
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        pads.append((total // 2, total - total // 2))
    padded = np.pad(x, ((0, 0), *pads, (0, 0)))
    windows = sliding_window_view(padded, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("bhwcij,ijcf->bhwf", windows, kernel)


def normalise(x):
    """Batch normalisation in inference, Keras' epsilon 0.001."""
    gamma, beta, mean, variance = (
        CHALLENGE.weight((x.shape[-1],), role) for role in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta


def excite(x, units, hidden=relu, gate=sigmoid):
    """Squeeze-and-excitation, Hu et al., equations 2 to 4."""
    channels = x.shape[-1]
    squeezed = x.mean(axis=(1, 2))
    reduced = hidden(squeezed @ weight(channels, units).reshape(channels, units) + weight(units))
    gates = gate(reduced @ weight(units, channels).reshape(units, channels) + weight(channels))
    return x * gates[:, None, None, :]


def channel_attention(x, ratio=8, name=""):
    return excite(x, max(1, x.shape[-1] // ratio))


def efficientnet_se(x, filters_in, ratio=0.25):
    return excite(x, max(1, int(filters_in * ratio)), hidden=lambda z: z * sigmoid(z))


def mobilenet_se(x):
    quarter = x.shape[-1] / 4
    units = max(8, int(quarter + 4) // 8 * 8)
    units += 8 * (units < 0.9 * quarter)
    return excite(x, units, gate=lambda z: np.clip(z + 3, 0, 6) / 6)


def spatial_attention(x, kernel_size=7, name=""):
    gates = sigmoid(convolve(x, weight(kernel_size, kernel_size, x.shape[-1], 1)) + weight(1))
    return x * gates


def autoencoder_block(x, filters, name=""):
    return relu(normalise(convolve(x, weight(3, 3, x.shape[-1], filters)) + weight(filters)))


def attention_block(x, filters, name=""):
    return channel_attention(autoencoder_block(x, filters))


def residual_block(x, filters, stride, name="", attention=lambda branch: branch):
    branch = relu(normalise(convolve(x, weight(3, 3, x.shape[-1], filters), stride)))
    branch = attention(normalise(convolve(branch, weight(3, 3, filters, filters))))
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = normalise(convolve(x, weight(1, 1, x.shape[-1], filters), stride))
    return relu(shortcut + branch)


def attention_residual_block(x, filters, stride, name=""):
    return residual_block(x, filters, stride, attention=lambda branch: spatial_attention(channel_attention(branch)))


def dense(x, units, bias=True):
    """A dense layer, or a 1×1 convolution, over the last axis."""
    return x @ weight(x.shape[-1], units).reshape(-1, units) + (weight(units) if bias else 0)


def dilated(kernel, rate):
    """The kernel with `rate - 1` zeros between its taps."""
    size = (kernel.shape[0] - 1) * rate + 1
    spread = np.zeros((size, size, *kernel.shape[2:]))
    spread[::rate, ::rate] = kernel
    return spread


def bam_channel_gate(x, ratio=16):
    """Park et al., equation 3, with batch normalisation where the released code has it."""
    squeezed = x.mean(axis=(1, 2), keepdims=True)
    return dense(relu(normalise(dense(squeezed, max(1, x.shape[-1] // ratio)))), x.shape[-1])


def bam_spatial_gate(x, ratio=16, dilation=4):
    """Park et al., equation 4, with batch normalisation and ReLU where the released code has them."""
    units = max(1, x.shape[-1] // ratio)
    scores = relu(normalise(dense(x, units)))
    for _ in range(2):
        kernel = dilated(weight(3, 3, units, units), dilation)
        scores = relu(normalise(convolve(scores, kernel) + weight(units)))
    return dense(scores, 1)


def bam_block(x, ratio=16, dilation=4, combine="sum"):
    """Park et al., equations 1 and 2; the product is the released code's."""
    channel, spatial = bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)
    return x + x * sigmoid(channel + spatial if combine == "sum" else channel * spatial)


def softmax(x, axis=-1):
    raised = np.exp(x - x.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def attention_head(z, heads):
    """Rodríguez et al., section 3.1."""
    return softmax(convolve(z, weight(3, 3, z.shape[-1], heads)), axis=(1, 2))


def output_head(z, masks, classes):
    """Section 3.2, one head after the other."""
    scores = convolve(z, weight(3, 3, z.shape[-1], masks.shape[-1] * classes))
    heads = [
        (scores[..., head * classes : (head + 1) * classes] * masks[..., [head]]).sum(axis=(1, 2))
        for head in range(masks.shape[-1])
    ]
    return np.stack(heads, axis=1)


def head_gates(z, masks):
    """Section 3.3."""
    return softmax(np.tanh((convolve(z, weight(3, 3, z.shape[-1], masks.shape[-1])) * masks).sum(axis=(1, 2))))


def attention_module(z, heads, classes):
    masks = attention_head(z, heads)
    return (head_gates(z, masks)[..., None] * output_head(z, masks, classes)).sum(axis=1), masks


def global_gates(features, count):
    """Section 3.4 as the released code has it."""
    return softmax(np.tanh(normalise(dense(features.mean(axis=(1, 2)), count, bias=False))))


def rectify(hypotheses, gates):
    return (gates[..., None] * np.log(softmax(hypotheses))).sum(axis=1)


def mask_diversity(masks):
    heads = masks.shape[-1]
    pairs = [(a, b) for a in range(heads) for b in range(heads) if a != b]
    return sum((masks[..., a] * masks[..., b]).sum(axis=(1, 2)) ** 2 for a, b in pairs) / heads**2


def eca_kernel_size(channels, b=1, gamma=2):
    """Wang et al., equation 12: the odd number nearest to t, of two the larger."""
    t = abs(np.log2(channels) / gamma + b / gamma)
    odd = np.arange(1, 100, 2)
    return int(odd[np.abs(odd - t) == np.abs(odd - t).min()].max())


def eca_block(x, b=1, gamma=2):
    """Wang et al., equation 9."""
    kernel = weight(eca_kernel_size(x.shape[-1], b, gamma), 1, 1).ravel()
    padded = np.pad(x.mean(axis=(1, 2)), ((0, 0), (len(kernel) // 2,) * 2))
    return x * sigmoid(sliding_window_view(padded, len(kernel), axis=1) @ kernel)[:, None, None, :]


def cbam_channel_attention(x, ratio=8):
    """Woo et al., equation 2."""
    channels = x.shape[-1]
    units = max(1, channels // ratio)
    w0, w1 = weight(channels, units).reshape(channels, units), weight(units, channels).reshape(units, channels)
    scores = sum(
        relu(pooled @ w0 + weight(units)) @ w1 + weight(channels)
        for pooled in (x.mean(axis=(1, 2)), x.max(axis=(1, 2)))
    )
    return x * sigmoid(scores)[:, None, None, :]


def pooled_channels(x):
    return np.stack([x.mean(axis=-1), x.max(axis=-1)], axis=-1)


def cbam_spatial_attention(x, kernel_size=7):
    """Woo et al., equation 3."""
    return x * sigmoid(convolve(pooled_channels(x), weight(kernel_size, kernel_size, 2, 1)))


def stacked_spatial_attention(x, kernel_size=3):
    scores = pooled_channels(x)
    for width in (64, 32, 16):
        scores = relu(convolve(scores, weight(kernel_size, kernel_size, scores.shape[-1], width)))
    return x * sigmoid(convolve(scores, weight(kernel_size, kernel_size, 16, 1)))


def cbam_block(x, ratio=8):
    """Woo et al., equation 1."""
    return cbam_spatial_attention(cbam_channel_attention(x, ratio))


def residual_unit(x):
    """He et al. (2016), Figure 4e, with a bottleneck: batch normalisation and ReLU before each convolution."""
    channels = x.shape[-1]
    branch = x
    for size, filters in ((1, channels // 4), (3, channels // 4), (1, channels)):
        branch = convolve(relu(normalise(branch)), weight(size, size, branch.shape[-1], filters))
    return x + branch


def max_pool(x):
    """3×3 with stride 2 and "same" padding, which never wins."""
    pads = []
    for length in x.shape[1:3]:
        total = max((-(-length // 2) - 1) * 2 + 3 - length, 0)
        pads.append((total // 2, total - total // 2))
    padded = np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=-np.inf)
    return sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2].max(axis=(-1, -2))


def enlarge(x, axis, length):
    """Linear interpolation along an axis; the centres of old and new pixels lie as if both filled the same picture."""
    old = x.shape[axis]
    at = np.clip((np.arange(length) + 0.5) * old / length - 0.5, 0, old - 1)
    below = np.floor(at).astype(int)
    above = np.minimum(below + 1, old - 1)
    share = (at - below).reshape([-1 if number == axis else 1 for number in range(x.ndim)])
    return (1 - share) * x.take(below, axis) + share * x.take(above, axis)


def soft_mask(x):
    """Wang et al. (2017), section 3.2, one pooling."""
    mask = residual_unit(residual_unit(max_pool(x)))
    mask = enlarge(enlarge(mask, 1, x.shape[1]), 2, x.shape[2])
    for _ in range(2):
        mask = convolve(relu(normalise(mask)), weight(1, 1, mask.shape[-1], x.shape[-1]))
    return sigmoid(mask)


def residual_attention(x):
    """Wang et al. (2017), equation 3."""
    x = residual_unit(x)
    trunk = residual_unit(residual_unit(x))
    return residual_unit((1 + soft_mask(x)) * trunk)


def self_attention(x, heads, key_dim):
    """Vaswani et al. (2017), equation 1 for each head and image in turn. Equal shapes have equal weights here."""
    batch, height, width, channels = x.shape
    inner = heads * key_dim
    projected = x.reshape(batch, -1, channels) @ weight(channels, inner).reshape(channels, inner) + weight(inner)
    mixed = np.empty((batch, height * width, inner))
    for image in range(batch):
        for head in range(heads):
            part = projected[image, :, head * key_dim : (head + 1) * key_dim]
            weights = np.exp(part @ part.T / np.sqrt(key_dim))
            mixed[image, :, head * key_dim : (head + 1) * key_dim] = weights / weights.sum(1, keepdims=True) @ part
    out = mixed @ weight(inner, channels).reshape(inner, channels) + weight(channels)
    return x + out.reshape(x.shape)


def hard_swish(x):
    return x * np.clip(x + 3, 0, 6) / 6


def coordinate_attention(x, ratio=32):
    """Hou et al., equations 4 to 9: gates of rows and of columns, with the released code's activation and biases."""
    channels = x.shape[-1]
    units = max(8, channels // ratio)
    row_gates, column_gates = (
        sigmoid(dense(hard_swish(normalise(dense(x.mean(axis=axis), units))), channels)) for axis in (2, 1)
    )
    return x * row_gates[:, :, None] * column_gates[:, None]


def simam(x, e_lambda=1e-4):
    """Yang et al., equation 5, inverted: the energy of each value among the others of its channel."""
    mean, variance = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True, ddof=1)
    energy = 4 * (variance + e_lambda) / ((x - mean) ** 2 + 2 * variance + 2 * e_lambda)
    return x * sigmoid(1 / energy)


def global_response_norm(x):
    """Woo et al., equations 1 to 3, with the mean of the norms as in the released code. γ and β have the same shape."""
    norms = np.linalg.norm(x.reshape(len(x), -1, x.shape[-1]), axis=1)
    shares = norms / norms.mean(axis=-1, keepdims=True)
    return weight(x.shape[-1]) * x * shares[:, None, None] + weight(x.shape[-1]) + x


def global_context(x, ratio=16):
    """Cao et al., equation 6: one context for all positions. The bias of the scores is gone in the softmax."""
    channels = x.shape[-1]
    attention = softmax(x @ weight(channels), axis=(1, 2))
    hidden = dense(np.einsum("bhw,bhwc->bc", attention, x), channels // ratio)
    hidden = (hidden - hidden.mean(axis=-1, keepdims=True)) / np.sqrt(hidden.var(axis=-1, keepdims=True) + 1e-3)
    hidden = relu(weight(channels // ratio) * hidden + weight(channels // ratio))  # of the same shape, so alike
    return x + dense(hidden, channels)[:, None, None]


FORMULAS = {
    "double": lambda x: x + x,
    "preprocess": lambda images: (images / 255)[..., None],
    "channel_attention": channel_attention,
    "se_block": lambda x, ratio=4: channel_attention(x, ratio),
    "efficientnet_se": efficientnet_se,
    "mobilenet_se": mobilenet_se,
    "attention_block": attention_block,
    "spatial_attention": spatial_attention,
    "soft_mask": soft_mask,
    "residual_attention": residual_attention,
    "self_attention": self_attention,
    "autoencoder_block": autoencoder_block,
    "residual_block": residual_block,
    "attention_residual_block": attention_residual_block,
    "bam_channel_gate": bam_channel_gate,
    "bam_spatial_gate": bam_spatial_gate,
    "bam_block": bam_block,
    "attention_head": attention_head,
    "output_head": output_head,
    "head_gates": head_gates,
    "attention_module": attention_module,
    "global_gates": global_gates,
    "rectify": rectify,
    "mask_diversity": mask_diversity,
    "eca_block": eca_block,
    "cbam_channel_attention": cbam_channel_attention,
    "cbam_spatial_attention": cbam_spatial_attention,
    "stacked_spatial_attention": stacked_spatial_attention,
    "cbam_block": cbam_block,
    "coordinate_attention": coordinate_attention,
    "simam": simam,
    "global_response_norm": global_response_norm,
    "global_context": global_context,
}


def tried(exercise: str) -> list[Case]:
    return [case for case in load(exercise).cases if not case.zero_weights]


@pytest.mark.parametrize("exercise", FORMULAS)
def test_reference_follows_the_formula(exercise, tensorflow):
    asked = load(exercise)
    measured = measure(reference(exercise), asked, CHALLENGE)
    for number, (case, result) in enumerate(zip(asked.cases, measured.cases, strict=True)):
        if case.zero_weights:
            continue
        x = CHALLENGE.inputs(case, number).astype(np.float64)
        extra_inputs = {name: array.astype(np.float64) for name, array in CHALLENGE.extra_inputs(case, number).items()}
        expected = FORMULAS[exercise](x, **extra_inputs, **case.arguments)
        for output, wanted in zip(result.outputs, expected if asked.returns else [expected], strict=True):
            assert output.shape == wanted.shape
            np.testing.assert_allclose(output, wanted, rtol=1e-4, atol=1e-5 * case.scale)
            # Not a constant that anything equals.
            assert output.size == 1 or np.ptp(output) > 0.1 * min(1, np.abs(output).max())


def test_a_silent_branch_leaves_the_shortcut(tensorflow):
    """He et al.: with the branch at zero, a residual block is ReLU(x)."""
    for exercise in ("residual_block", "attention_residual_block"):
        asked = load(exercise)
        ((number, case),) = [(n, case) for n, case in enumerate(asked.cases) if case.zero_weights]
        output = measure(reference(exercise), asked, CHALLENGE).cases[number].output
        np.testing.assert_array_equal(output, relu(CHALLENGE.inputs(case, number)))


def test_eca_kernel_sizes_follow_the_formula():
    for channels in (*range(1, 300), 2047, 2048, 2049, 32768):
        for b, gamma in ((1, 2), (4, 3), (-11, 2), (0, 1)):
            assert reference("eca_kernel_size")(channels, b, gamma) == eca_kernel_size(channels, b, gamma)


def test_attention_behind_a_backbone(tensorflow):
    """Of `vgg16_cbam`, what stands behind the backbone: its map is the next-to-last thing that can be read."""
    asked = load("vgg16_cbam")
    for number, case in enumerate(asked.cases):
        images = CHALLENGE.inputs(case, number).astype(np.float64)
        x = relu(convolve(images, weight(3, 3, images.shape[-1], 8), 2) + weight(8))
        x = relu(convolve(x, weight(3, 3, 8, 24)) + weight(24))
        if number == 1:  # the second backbone's further convolution, 2×2 without padding
            windows = sliding_window_view(x, (2, 2), axis=(1, 2))
            x = np.einsum("bhwcij,ijcf->bhwf", windows, weight(2, 2, 24, 40)) + weight(40)
        expected = stacked_spatial_attention(cbam_channel_attention(x))
        output = measure(reference("vgg16_cbam"), asked, CHALLENGE).cases[number].output
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-5)


SCALING = (
    *("channel_attention", "se_block", "efficientnet_se", "mobilenet_se", "spatial_attention"),
    *("eca_block", "cbam_channel_attention", "cbam_spatial_attention", "stacked_spatial_attention", "cbam_block"),
    *("coordinate_attention", "simam"),
)


def test_attention_only_scales_down(tensorflow):
    """Gates lie between 0 and 1, so no value grows and none changes its sign."""
    for exercise in SCALING:
        asked = load(exercise)
        for number, result in enumerate(measure(reference(exercise), asked, CHALLENGE).cases):
            x = CHALLENGE.inputs(asked.cases[number], number)
            assert (np.abs(result.output) <= np.abs(x)).all()
            assert (result.output * x >= 0).all()


def test_bam_raises_to_at_most_twice(tensorflow):
    """1 + sigmoid lies between 1 and 2; with all weights 0 it is 1.5."""
    asked = load("bam_block")
    for number, result in enumerate(measure(reference("bam_block"), asked, CHALLENGE).cases):
        raised = result.output / CHALLENGE.inputs(asked.cases[number], number)
        assert raised.min() > 1 - 1e-5 and raised.max() < 2 + 1e-5
        if asked.cases[number].zero_weights:
            np.testing.assert_allclose(raised, 1.5, rtol=1e-6)


def test_masks_and_gates_sum_to_one(tensorflow):
    for exercise, place, axes in (("attention_head", 0, (1, 2)), ("attention_module", 1, (1, 2))):
        for result in measure(reference(exercise), load(exercise), CHALLENGE).cases:
            np.testing.assert_allclose(result.outputs[place].sum(axis=axes), 1, rtol=1e-5)
    for exercise in ("head_gates", "global_gates"):
        for result in measure(reference(exercise), load(exercise), CHALLENGE).cases:
            np.testing.assert_allclose(result.output.sum(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize("factor", [1, 1_000])
def test_no_gate_of_four_can_be_switched_off(factor, tensorflow):
    """tanh before the softmax: each of four gates lies in [0.0432, 0.7112], however large the features."""
    import keras

    z, masks = keras.Input((5, 7, 6)), keras.Input((5, 7, 4))
    local = keras.Model([z, masks], reference("head_gates")(z, masks))
    whole = keras.Model(z, reference("global_gates")(z, 4))
    rng = np.random.default_rng(0)
    maps = factor * rng.standard_normal((200, 5, 7, 6)).astype("float32")
    looks = softmax(rng.standard_normal((200, 5, 7, 4)), axis=(1, 2)).astype("float32")
    lowest, highest = np.exp(-1) / (np.exp(-1) + 3 * np.e), np.e / (np.e + 3 * np.exp(-1))
    assert (round(lowest, 4), round(highest, 4)) == (0.0432, 0.7112)
    for gates in (np.asarray(local([maps, looks])), np.asarray(whole(maps))):
        assert gates.min() > lowest - 1e-6 and gates.max() < highest + 1e-6
        assert factor == 1 or gates.min() < lowest + 1e-3


def test_the_papers_sum_and_the_codes_give_the_same_probabilities(tensorflow):
    """A log-softmax subtracts one number for each hypothesis, which a softmax at the end does not see."""
    rng = np.random.default_rng(0)
    hypotheses, gates = 3 * rng.standard_normal((5, 3, 4)), softmax(rng.standard_normal((5, 3)))
    np.testing.assert_allclose(
        softmax(rectify(hypotheses, gates)), softmax((gates[..., None] * hypotheses).sum(axis=1)), rtol=1e-9
    )


def test_the_autoencoder_draws_in_zero_to_one(tensorflow):
    for exercise in ("autoencoder", "attention_autoencoder"):
        for result in measure(reference(exercise), load(exercise), CHALLENGE).cases:
            assert result.output.min() >= 0 and result.output.max() <= 1


def test_the_classifier_gives_probabilities(tensorflow):
    for exercise in ("resnet", "attention_resnet", "bam_resnet"):
        for result in measure(reference(exercise), load(exercise), CHALLENGE).cases:
            np.testing.assert_allclose(result.output.sum(axis=-1), 1, rtol=1e-5)


def cost(block, height, width, channels, ratio=16):
    """Each block as its layers: (weights, biases and other numbers, how often each weight is used for one image)."""
    positions, units = height * width, max(1, channels // ratio)
    once, everywhere = 1, positions
    pair = [(channels * units, units, once), (units * channels, channels, once)]
    blocks = {
        "se": pair,
        "spatial": [(7 * 7 * channels, 1, everywhere)],
        "cbam": [*((weights, numbers, 2 * uses) for weights, numbers, uses in pair), (7 * 7 * 2, 0, everywhere)],
        "bam": [
            *pair,
            (channels * units, units, everywhere),
            *2 * [(3 * 3 * units * units, units, everywhere)],
            (units, 1, everywhere),
            (0, 4 * 2 * units, once),  # scale and shift of four batch normalisations
        ],
        "self_attention": 4 * [(channels * channels, channels, everywhere)],
    }
    parameters = sum(weights + numbers for weights, numbers, _ in blocks[block])
    multiply_adds = sum(weights * uses for weights, _, uses in blocks[block])
    if block == "self_attention":  # scores, and values mixed: a product for each pair and channel
        multiply_adds += 2 * sum(channels for _ in range(positions) for _ in range(positions))
    return parameters, multiply_adds


def test_cost_adds_up_the_layers(tensorflow):
    for case in load("cost").cases:
        assert reference("cost")(**case.arguments) == cost(**case.arguments)
