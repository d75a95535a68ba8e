"""Trains what the lessons compare, on Fashion-MNIST, and keeps the results in data/results.

    python experiments/lessons.py reconstruction|depth|classification|order|bam|clutter|masks|longer

An interrupted run goes on where it stopped. The networks are the course's own reference answers.
"""

import sys
from functools import partial

import click
import keras
import numpy as np

from autograder.lessons.reference import lesson_namespace
from coursekit.composites import in_clutter
from coursekit.data import load_fashion_mnist
from coursekit.results import Budget, load_results, write_results
from coursekit.training import IMAGE_SHAPE, Builder, Data, Loss, train
from curriculum.paths import results_folder

AUTOENCODER_FILTERS = (16, 32)
RESNET_FILTERS = (16, 32, 64)
CLUTTER_LESSON = "8-attend-and-rectify"
SHOWN_IMAGES = 8  # test images that are kept with their reconstructions


def reconstruction_networks() -> dict[str, Builder]:
    """The autoencoder with each kind of attention behind every block."""
    lesson = lesson_namespace("4-spatial-attention")

    def spatial_block(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
        return lesson["spatial_attention"](lesson["autoencoder_block"](x, filters, name), f"{name}_spatial")

    network = partial(lesson["autoencoder"], IMAGE_SHAPE, AUTOENCODER_FILTERS)
    return {
        "no attention": network,
        "channel": partial(network, block=lesson["attention_block"]),
        "spatial": partial(network, block=spatial_block),
        "channel + spatial": partial(lesson["attention_autoencoder"], IMAGE_SHAPE, AUTOENCODER_FILTERS),
    }


def depth_networks() -> dict[str, Builder]:
    """Plain and residual networks of 8, 20 and 44 layers, 8 to 32 channels."""
    lesson = lesson_namespace("2-resnet")
    return {
        f"{kind}, {6 * count + 2} layers": partial(
            lesson["resnet"], IMAGE_SHAPE, (count,) * 3, (8, 16, 32), 10, block=lesson[block]
        )
        for count in (1, 3, 7)
        for kind, block in (("plain", "plain_block"), ("residual", "residual_block"))
    }


def classification_networks() -> dict[str, Builder]:
    """A plain network, a ResNet, and a ResNet with both attentions, 14 layers each."""
    arguments = (IMAGE_SHAPE, (2, 2, 2), RESNET_FILTERS, 10)
    lesson = lesson_namespace("4-spatial-attention")
    return {
        "plain": partial(lesson["resnet"], *arguments, block=lesson_namespace("2-resnet")["plain_block"]),
        "residual": partial(lesson["resnet"], *arguments),
        "residual + attention": partial(lesson["attention_resnet"], *arguments),
    }


def order_networks() -> dict[str, Builder]:
    """A small ResNet, 8 layers, with the two halves of CBAM in each order, side by side, and not at all."""
    lesson = lesson_namespace("6-cbam")
    network = partial(lesson["resnet"], IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10)
    return {"no attention": network} | {
        name: partial(network, block=lesson["attend_on_branch"](lesson[attention]))
        for name, attention in (
            ("channel, then spatial", "cbam_block"),
            ("spatial, then channel", "spatial_first"),
            ("side by side", "side_by_side"),
        )
    }


def mask_networks() -> dict[str, Builder]:
    """The small networks of lesson 9: no mask, a mask, 1 + mask; and lesson 10's self-attention in the mask's place."""
    lesson = lesson_namespace("9-residual-attention")
    self_attention = lesson_namespace("10-self-attention")["self_attention"]
    ways = lesson["ways"]() | {"self-attention": lambda x, trunk: self_attention(trunk, heads=4, key_dim=4)}
    return {name: partial(lesson["small_network"], attend) for name, attend in ways.items()}


def bam_networks() -> dict[str, Builder]:
    """A ResNet of 8 layers, plain and with a BAM between its stages, by sum and by product."""
    arguments = (IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10)
    lesson = lesson_namespace("7-bam")
    return {"plain": partial(lesson["resnet"], *arguments)} | {
        f"BAM, {combine}": partial(lesson["bam_resnet"], *arguments, ratio=4, combine=combine)
        for combine in ("sum", "product")
    }


def clutter_networks(filters: tuple[int, int] = (32, 64)) -> dict[str, Builder]:
    """Lesson 8's small residual network, with Attend and Rectify, and with that but for its gates.

    Args:
        filters: of the two groups of the networks with modules.
    """
    lesson = lesson_namespace(CLUTTER_LESSON)

    def rectified() -> keras.Model:
        whole = lesson["rectified_network"](filters=filters)
        return keras.Model(whole.input, whole.outputs[0])

    def without_gates() -> keras.Model:
        image = keras.Input(IMAGE_SHAPE)
        maps = lesson["groups"](image, filters)
        outputs = [lesson["output_head"](z, lesson["attention_head"](z, 4), 10) for z in maps]
        own = keras.layers.Dense(10)(keras.layers.GlobalAveragePooling2D()(maps[-1]))
        hypotheses = keras.ops.stack([*(keras.ops.mean(output, axis=1) for output in outputs), own], axis=1)
        return keras.Model(image, keras.ops.mean(keras.ops.log_softmax(hypotheses), axis=1))

    return {
        "last layer alone": lesson["last_layer_network"],
        "attend and rectify": rectified,
        "without gates": without_gates,
    }


def prepared(name: str, data: Data, count: int) -> tuple[Data, Loss | None]:
    """What an experiment trains with: Fashion-MNIST and the task's loss (None), or what lesson 8 takes instead.

    Args:
        name: the experiment.
        data: Fashion-MNIST.
        count: how many images it trains with.
    """
    if name != "clutter":
        return data, None
    (images, labels), (test_images, test_labels) = data
    train_split, test_split = in_clutter(images[:count], seed=0)[0], in_clutter(test_images, seed=1)[0]
    return ((train_split, labels[:count]), (test_split, test_labels)), lesson_namespace(CLUTTER_LESSON)["surprise"]


# name -> (networks, task, budget)
EXPERIMENTS = {
    "reconstruction": (reconstruction_networks, "reconstruction", Budget(images=15_000, epochs=4, seeds=3)),
    "depth": (depth_networks, "classification", Budget(images=6_000, epochs=4, seeds=3)),
    "masks": (mask_networks, "classification", Budget(images=10_000, epochs=5, seeds=5)),
    "classification": (classification_networks, "classification", Budget(images=10_000, epochs=4, seeds=4)),
    "order": (order_networks, "classification", Budget(images=10_000, epochs=5, seeds=5)),
    "clutter": (clutter_networks, "classification", Budget(images=3_000, epochs=5, seeds=5)),
    "bam": (bam_networks, "classification", Budget(images=4_000, epochs=4, seeds=5)),
}


@click.command()
@click.argument("name", type=click.Choice(list(EXPERIMENTS)))
def main(name: str) -> None:
    """Run one experiment in full."""
    networks, task, budget = EXPERIMENTS[name]
    path = results_folder() / f"{name}.json"
    runs = load_results(name)["runs"] if path.exists() else []
    data, loss = prepared(name, load_fashion_mnist(), budget.images)
    done = {(run.name, run.seed) for run in runs}
    shown = path.with_suffix(".npz")
    pictures = dict(np.load(shown)) if shown.exists() else {"image": data[1][0][:SHOWN_IMAGES]}
    for seed in range(budget.seeds):
        for network, builder in networks().items():
            if (network, seed) in done:
                continue
            run, model = train(network, builder, data, budget, task, seed, loss=loss)
            runs.append(run)
            write_results(path, runs, budget, f"python experiments/lessons.py {name}")
            click.echo(f"{network}, seed {seed}: {run.metric:.5f} in {run.seconds:.0f} s")
            if task == "reconstruction" and seed == 0:
                pictures[network] = _reconstruct(model, data[1][0])
                np.savez_compressed(shown, **pictures)


def _reconstruct(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The first of these images as the network draws them, (images, 28, 28), uint8."""
    drawn = model.predict(images[:SHOWN_IMAGES, ..., np.newaxis].astype("float32") / 255, verbose=0)
    return np.round(255 * drawn[..., 0]).astype("uint8")


if __name__ == "__main__":
    sys.exit(main())
