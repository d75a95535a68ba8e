"""Trains the attention that the live demos of lessons 3 and 4 swap: python experiments/train_attention.py [NAME...].

It is kept in data/weights. A network that is there already is only measured again; to train it anew, delete its file.

Lesson 3: one channel attention for each ratio, in the place of the last one of `autoencoder-channel`, nothing else
trained: it has to be trained anew after that. Lesson 4: the lesson's own `lookout` for each kernel size, which may look
at a fifth of the picture. Also writes what was measured to data/weights/attention.json, and the card in data/README.md.
"""

import ast
import json
import sys
from typing import Any

import keras
import numpy as np

from autograder.lessons.master import read_master
from autograder.lessons.reference import lesson_namespace, reference
from coursekit import weights
from coursekit.data import load_fashion_mnist, refuse_stand_in
from coursekit.live.garments import scaled
from coursekit.live.networks import KERNEL_SIZES, RATIOS, listening_weights, lookout_weights, split_autoencoder
from coursekit.training import Data
from curriculum.paths import weights_folder
from experiments.train_weights import CARD, quality

IMAGES, EPOCHS, SEED = 12_000, 3, 0
# name -> (lesson, its ratio or kernel size)
NETWORKS = {
    **{listening_weights(ratio): (3, ratio) for ratio in RATIOS},
    **{lookout_weights(kernel_size): (4, kernel_size) for kernel_size in KERNEL_SIZES},
}
SHARE = 0.2  # of the picture that a lookout may look at for nothing
RESULTS = weights_folder() / "attention.json"
CARD_BEGINS, CARD_ENDS = "<!-- made by python experiments/train_attention.py -->\n", "<!-- end -->\n"


def listening(ratio: int, images: np.ndarray) -> keras.Model:
    """Channel attention on (14, 14, 16), trained so that the autoencoder around it draws well."""
    front, back = split_autoencoder()
    front.trainable = back.trainable = False
    keras.utils.set_random_seed(SEED)
    maps = keras.Input(front.output_shape[1:])
    attention = keras.Model(maps, reference("channel_attention")(maps, "attention", ratio=ratio))
    # Only what lies behind the maps is trained: they are computed once.
    seen = front.predict(images, batch_size=500, verbose=0)
    whole = keras.Model(maps, back(attention(maps)))
    steps = EPOCHS * len(images) // 64
    schedule = keras.optimizers.schedules.CosineDecay(1e-2, steps)
    whole.compile(keras.optimizers.Adam(schedule), "mse", jit_compile=False)
    whole.fit(seen, images, batch_size=64, epochs=EPOCHS, verbose=0)
    return attention


def lookout(kernel_size: int, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """The lesson's `train_lookout`, run as the lesson has it on more images; from images to probabilities."""
    lesson = "4-spatial-attention"
    cells = [cell.source for cell in read_master(lesson).cells if cell.kind == "code" and cell.experiment]
    functions = [node for cell in cells for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef)]
    namespace = lesson_namespace(lesson) | {"train_images": images, "train_labels": labels}
    exec(compile(ast.Module(functions, []), lesson, "exec"), namespace)
    model = namespace["train_lookout"](share=SHARE, kernel_size=kernel_size, images=IMAGES, epochs=EPOCHS, seed=SEED)
    return keras.Model(model.input, model.outputs[0])


def trained(name: str, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """The network of this name: read if there is one, else trained and saved."""
    if not (weights_folder() / f"{name}.npz").exists():
        lesson, choice = NETWORKS[name]
        model = listening(choice, scaled(images[:IMAGES])) if lesson == 3 else lookout(choice, images, labels)
        weights.save(model, weights_folder(), name)
    return weights.load(name)


def measure(name: str, model: keras.Model, data: Data) -> dict[str, Any]:
    """What the card tells of a network, its weights rounded as they are saved."""
    lesson, _ = NETWORKS[name]
    task = "reconstruction" if lesson == 3 else "classification"
    if lesson == 3:
        front, back = split_autoencoder()
        metric, low, high = quality(keras.Sequential([front, model, back]), data, task)
    else:
        metric, low, high = quality(model, data, task)
    print(f"{name}: {metric:.5f} ({low:.5f} to {high:.5f})", flush=True)
    size = (weights_folder() / f"{name}.npz").stat().st_size
    found = {"metric": metric, "interval": [low, high], "parameters": model.count_params(), "bytes": size}
    return {"lesson": lesson, "task": task, "images": IMAGES, "epochs": EPOCHS, "seed": SEED, **found}


def card(measured: dict[str, dict[str, Any]]) -> str:
    """The table of all of them, as Markdown."""
    lines = ["| file in `weights/` | lesson | parameters | test images | size |", "|---|---|---|---|---|"]
    for name, found in measured.items():
        values = [found["metric"], *found["interval"]]
        if found["task"] == "reconstruction":
            told = "error {:.2f} ({:.2f} to {:.2f}) / 1000".format(*(1_000 * value for value in values))
        else:
            told = "accuracy {:.1%} ({:.1%} to {:.1%})".format(*values)
        size = f"{found['bytes'] / 1000:.0f} kB"
        lines.append(f"| `{name}.npz` | {found['lesson']} | {found['parameters']:,} | {told} | {size} |")
    return "\n".join(lines)


def with_card(text: str, measured: dict[str, dict[str, Any]]) -> str:
    """The text with the card between its marks made anew."""
    before, _, rest = text.partition(CARD_BEGINS)
    _, _, after = rest.partition(CARD_ENDS)
    return f"{before}{CARD_BEGINS}\n{card(measured)}\n\n{CARD_ENDS}{after}"


def read_results() -> dict[str, dict[str, Any]]:
    """What was measured so far, by file name."""
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}


def main() -> None:
    """Train or measure the networks that are named, else all."""
    data = (images, labels), _ = load_fashion_mnist()
    refuse_stand_in()
    for name in sys.argv[1:] or NETWORKS:
        found = measure(name, trained(name, images, labels), data)
        measured = read_results() | {name: found}
        RESULTS.write_text(
            json.dumps({known: measured[known] for known in NETWORKS if known in measured}, indent=1) + "\n"
        )
    CARD.write_text(with_card(CARD.read_text("utf-8"), read_results()), "utf-8")


if __name__ == "__main__":
    main()
