# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %%
from autograder import check, hint, progress, start, your_turn

start("8-attend-and-rectify")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %%
def in_clutter(images, seed):
    """Each garment at half its size, at a random place, among scraps of other garments.

    Args:
        images: (batch, 28, 28), uint8.
        seed: of the places and scraps.

    Returns:
        pictures, (batch, 28, 28), uint8; the garments' upper left corners, (batch, 2).
    """
    rng = np.random.default_rng(seed)
    small = images[:, ::2, ::2]
    pictures, corners = np.zeros_like(images), rng.integers(0, 15, (len(images), 2))
    for picture, garment, (top, left) in zip(pictures, small, corners):
        for _ in range(8):
            (row, column), (down, across) = rng.integers(0, 23, 2), rng.integers(0, 9, 2)
            scrap = small[rng.integers(len(small)), down : down + 6, across : across + 6]
            picture[row : row + 6, column : column + 6] = scrap
        window = picture[top : top + 14, left : left + 14]
        np.maximum(window, garment, out=window)
    return pictures, corners

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.plots import attention_overlay, comparison, curves, gate_bars, image_grid, summary

(train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
pictures, corners = in_clutter(test_images[:2_000], seed=1)
labels = test_labels[:2_000]
few = np.arange(12, 22)
image_grid(
    {"garment": test_images[few], "in clutter": pictures[few]},
    "The same garments, half as large, somewhere among scraps of others",
    value_range=(0, 255),
)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="attention_head"
def attention_head(z, heads):
    """Say for every head where it looks.

    Steps:
        1. 3×3 convolution to one score map for each head, same padding, no bias.
        2. Softmax of each score map over all its positions.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.

    Returns:
        Masks, (batch, height, width, heads): every mask is positive and sums to 1 over height and width.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    return layers.Softmax(axis=(1, 2))(scores)
    ### END SOLUTION

# %% check="attention_head" points=3
check(attention_head)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
keras.utils.set_random_seed(0)
z = keras.Input((7, 7, 64))
model = keras.Model(z, attention_head(z, heads=4))
maps = np.random.default_rng(0).standard_normal((3, 7, 7, 64), dtype="float32")
masks = np.array(model(maps))
print("sum of each mask", masks.sum(axis=(1, 2)).round(4).tolist())
print(f"an even mask would be {1 / 49:.4f} everywhere; these go from {masks.min():.4f} to {masks.max():.4f}")
print("after adding 100 to all scores they are", end=" ")
scores = np.log(masks) + 100
again = np.array(ops.softmax(scores.reshape(3, 49, 4), axis=1)).reshape(masks.shape)
print("the same" if np.allclose(masks, again, atol=1e-5) else "others")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="output_head"
def output_head(z, masks, classes):
    """Let every head score the classes by what its mask lets it see.

    Steps:
        1. 3×3 convolution to heads · classes channels, same padding, no bias.
        2. Divide the channels into two axes: (batch, height, width, heads, classes).
        3. Multiply each head's scores by its mask, and sum over height and width.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.
        classes: number of classes.

    Returns:
        Class scores of every head, (batch, heads, classes).
    """
    ### BEGIN SOLUTION
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((height, width, heads, classes))(scores)
    return ops.sum(scores * ops.expand_dims(masks, axis=-1), axis=(1, 2))
    ### END SOLUTION

# %% check="output_head" points=4
check(output_head)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="head_gates"
def head_gates(z, masks):
    """Decide for this image how much each head counts.

    Steps:
        1. 3×3 convolution to one score map for each head, same padding, no bias.
        2. Multiply each score map by its head's mask, and sum over height and width.
        3. tanh, which keeps every score between -1 and 1.
        4. Softmax over the heads.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        Gates, (batch, heads): positive, and their sum is 1.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scores = ops.sum(scores * masks, axis=(1, 2))
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="head_gates" points=4
check(head_gates)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
def share(own, others, count):
    """A softmax's share for a score of `own`, if the other `count` - 1 scores are `others`."""
    return np.exp(own) / (np.exp(own) + (count - 1) * np.exp(others))

for count in (2, 3, 4, 8):
    print(f"{count} gates: from {share(-1, 1, count):.4f} to {share(1, -1, count):.4f}")
print(f"without tanh, scores of -6 and 6: from {share(-6, 6, 4):.6f} to {share(6, -6, 4):.6f}")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="attention_module"
def attention_module(z, heads, classes):
    """One hypothesis about the class, from the feature map of one layer.

    Steps:
        1. Masks from `attention_head`.
        2. Class scores of every head from `output_head`, gates from `head_gates`.
        3. Multiply each head's class scores by its gate, and sum over the heads.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.
        classes: number of classes.

    Returns:
        hypothesis: class scores, (batch, classes).
        masks: (batch, height, width, heads).
    """
    ### BEGIN SOLUTION
    masks = attention_head(z, heads)
    outputs = output_head(z, masks, classes)
    gates = head_gates(z, masks)
    hypothesis = ops.sum(outputs * ops.expand_dims(gates, axis=-1), axis=1)
    return hypothesis, masks
    ### END SOLUTION

# %% check="attention_module" points=4
check(attention_module)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
def trainable(inputs, outputs):
    """How many numbers training changes between these tensors."""
    return sum(int(np.prod(weight.shape)) for weight in keras.Model(inputs, outputs).trainable_weights)

def size(channels, heads=4, classes=10):
    """The parameters of a module on maps with this many channels."""
    z = keras.Input((8, 8, channels))
    return trainable(z, attention_module(z, heads, classes))

for heads in (1, 2, 4):
    print(f"C = 64, K = {heads}: {size(64, heads):>6,} = 9 · 64 · (2 · {heads} + {heads} · 10)")
print(f"with 1×1 kernels it would be {size(64) // 9:,}")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="global_gates"
def global_gates(features, count):
    """Decide for this image how much each hypothesis counts.

    Steps:
        1. Global average pooling: (batch, channels).
        2. Dense layer to `count` units, no bias.
        3. Batch normalisation, then tanh.
        4. Softmax over the hypotheses.

    Args:
        features: the network's last feature map, (batch, height, width, channels).
        count: number of hypotheses.

    Returns:
        Gates, (batch, count): positive, and their sum is 1.
    """
    ### BEGIN SOLUTION
    pooled = layers.GlobalAveragePooling2D()(features)
    scores = layers.Dense(count, use_bias=False)(pooled)
    scores = layers.BatchNormalization()(scores)
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="global_gates" points=3
check(global_gates)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="rectify"
def rectify(hypotheses, gates):
    """Make all hypotheses one.

    Steps:
        1. Log-softmax of each hypothesis over the classes.
        2. Multiply each hypothesis by its gate, and sum over the hypotheses.

    Args:
        hypotheses: class scores, (batch, count, classes).
        gates: (batch, count), their sum is 1.

    Returns:
        Class scores, (batch, classes): a weighted mean of log-probabilities.
    """
    ### BEGIN SOLUTION
    beliefs = ops.log_softmax(hypotheses)
    return ops.sum(beliefs * ops.expand_dims(gates, axis=-1), axis=1)
    ### END SOLUTION

# %% check="rectify" points=2
check(rectify)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
rng = np.random.default_rng(3)
hypotheses = rng.normal(0, 3, (1, 3, 4)).astype("float32")
weights = np.array([[0.5, 0.3, 0.2]], "float32")
code_form = np.array(rectify(ops.convert_to_tensor(hypotheses), ops.convert_to_tensor(weights)))
paper_form = (hypotheses * weights[..., None]).sum(axis=1)
print("paper, sum of scores:          ", paper_form.round(2), "-> softmax", np.array(ops.softmax(paper_form)).round(3))
print("code, sum of log-probabilities:", code_form.round(2), "-> softmax", np.array(ops.softmax(code_form)).round(3))
print(f"exp of the code's sum adds up to {np.exp(code_form).sum():.3f}, not to 1")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %%
def surprise(labels, scores):
    """Minus the score of the right class: (batch,) and (batch, classes) to (batch,)."""
    chosen = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), scores.shape[-1])
    return -ops.sum(scores * chosen, axis=-1)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% solution="mask_diversity"
def mask_diversity(masks):
    """How much the masks of an image overlap: a penalty that makes heads look at different places.

    Steps:
        1. Overlap of each two masks: multiply them position by position, and sum over height and width.
        2. Set the overlap of each mask with itself to 0.
        3. Square, and take the mean over all heads · heads entries.

    Args:
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        One penalty for each image, (batch,).
    """
    ### BEGIN SOLUTION
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    others = overlaps * (1 - ops.eye(masks.shape[-1]))
    return ops.mean(ops.square(others), axis=(1, 2))
    ### END SOLUTION

# %% check="mask_diversity" points=2
check(mask_diversity)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% given="residual_block"

# %%
def groups(image):
    """A small residual network: its maps at the end of each group, 14 × 14 × 32 and 7 × 7 × 64."""
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    first = residual_block(x, 32, 1, "group1")
    return [first, residual_block(first, 64, 2, "group2")]

def last_layer_network():
    """The network as it is: one hypothesis, from its last map."""
    image = keras.Input((28, 28, 1))
    pooled = layers.GlobalAveragePooling2D()(groups(image)[-1])
    return keras.Model(image, layers.Dense(10, activation="log_softmax")(pooled))

def rectified_network(heads=4, classes=10):
    """The same with a module at the end of each group: all it works out, the scores first."""
    image = keras.Input((28, 28, 1))
    maps = groups(image)
    proposals, masks = zip(*(attention_module(z, heads, classes) for z in maps))
    own = layers.Dense(classes)(layers.GlobalAveragePooling2D()(maps[-1]))
    hypotheses = ops.stack([*proposals, own], axis=1)
    gates = global_gates(maps[-1], len(maps) + 1)
    return keras.Model(image, [rectify(hypotheses, gates), hypotheses, gates, *masks])

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
from coursekit.experiments import Budget, by_name, classification, load_results

BUDGET = Budget(images=3_000, epochs=5, seeds=1, test_images=2_000)
# In full, with more seeds and a third network: python benchmarks/experiments.py clutter

data = (in_clutter(train_images[: BUDGET.images], seed=0)[0], train_labels), (pictures, labels)
whole = rectified_network()
builders = {
    "last layer alone": last_layer_network,
    "attend and rectify": lambda: keras.Model(whole.input, whole.outputs[0]),
}
runs = classification(builders, data, BUDGET, loss=surprise)
for run in runs:
    print(f"{run.name:19}{run.parameters:,} parameters, {run.seconds:.0f} s, accuracy {run.metric:.1%}")
title = "Surprise in training: {:.2f} with the last layer alone, {:.2f} with three hypotheses"
title = title.format(*(run.history[-1] for run in runs))
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
shipped = load_results("clutter")
rows = {name: 100 * np.array(values) for name, values in by_name(shipped["runs"]).items()}
seeds, baseline = min(map(len, rows.values())), rows["last layer alone"]
print(f"{seeds} seeds, {shipped['budget']['images']:,} images, {shipped['budget']['epochs']} epochs")
for name, values in rows.items():
    print(f"{name:19}{values.mean():.1f} %", end="")
    if name != "last layer alone":
        gain, low, high = summary(values[:seeds] - baseline[:seeds])
        print(f"   difference {gain:+.1f}, 95 % interval {low:+.1f} to {high:+.1f}", end="")
    print()
gain = rows["attend and rectify"][:seeds] - baseline[:seeds]
title = f"With attention the accuracy is higher with {(gain > 0).sum()} of {seeds} seeds"
comparison(rows, title, "accuracy on cluttered test images (%)")

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
images = pictures[..., np.newaxis] / np.float32(255)
scores, hypotheses, gates, *masks = whole.predict(images, verbose=0)

def on_garment(masks):
    """Which share of each mask lies on its garment's square of 14 × 14, (batch, heads)."""
    side = masks.shape[1]
    middles = (np.arange(side) + 0.5) * 28 / side
    inside = (corners[:, :, None] <= middles) & (middles < corners[:, :, None] + 14)  # (batch, row or column, side)
    return np.einsum("bh,bw,bhwk->bk", inside[:, 0], inside[:, 1], masks)

for number, group in enumerate(masks, start=1):
    print(f"group {number}, {group.shape[1]} × {group.shape[2]}:", *on_garment(group).mean(axis=0).round(2))
print(f"a mask that is even everywhere would have {14 * 14 / 28 / 28:.2f} there")
best = on_garment(masks[-1]).mean(axis=0).argmax()
shown = masks[-1][few, ..., best]
title = f"Head {best + 1} of the last module puts {on_garment(masks[-1])[:, best].mean():.0%} of its mask on the garment"
attention_overlay(images[few], shown / shown.max(axis=(1, 2), keepdims=True), title)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
one = few[2]
rows = {f"group {n}": np.moveaxis(group[one], -1, 0) for n, group in enumerate(masks, start=1)}
for name, heads in rows.items():
    title = f"{CLASS_NAMES[labels[one]]}, {name}: the four heads look at different places"
    copies = np.repeat(images[one : one + 1], 4, axis=0)
    display(attention_overlay(copies, heads / heads.max(axis=(1, 2), keepdims=True), title))
overlaps = [np.mean(mask_diversity(ops.convert_to_tensor(group))) for group in masks]
print("mask diversity penalty of each module:", *(f"{overlap:.5f}" for overlap in overlaps))

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %% experiment
names = ["module 1", "module 2", "last layer"]
alone = hypotheses.argmax(axis=-1) == labels[:, None]
together = scores.argmax(axis=-1) == labels
for number, name in enumerate(names):
    own = gates[:, number]
    print(f"{name:11}alone {alone[:, number].mean():.1%}   gate {own.mean():.2f}, from {own.min():.2f} to {own.max():.2f}")
print(f"all three  {together.mean():.1%}")
mended, spoilt = (together & ~alone[:, -1]).sum(), (~together & alone[:, -1]).sum()
print(f"of {len(labels):,} answers of the last layer, {mended} were mended and {spoilt} spoilt")
means = {"where module 1 alone is right": gates[alone[:, 0]], "where it is wrong": gates[~alone[:, 0]]}
gate_bars({name: values.mean(axis=0) for name, values in means.items()}, "@@", names)

# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO
