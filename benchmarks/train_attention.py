"""Trains the attention that the live demos of lessons 3 and 4 swap, and keeps it in data/weights:
python benchmarks/train_attention.py

Lesson 3: one channel attention for each ratio, in the place of the trained autoencoder's last one, nothing else
trained. Lesson 4: the lesson's own `lookout` for each kernel size, which may look at a fifth of the picture.
"""

import ast

import keras
import numpy as np

from autograder.authoring.master import read_master
from autograder.authoring.reference import lesson_namespace, reference
from coursekit import weights
from coursekit.data import load_fashion_mnist, refuse_stand_in
from coursekit.live.networks import KERNEL_SIZES, RATIOS, listening_weights, lookout_weights, split_autoencoder
from coursekit.paths import weights_folder

IMAGES, EPOCHS, SEED = 12_000, 3, 0
SHARE = 0.2  # of the picture that a lookout may look at for nothing


def scaled(images: np.ndarray) -> np.ndarray:
    """(batch, 28, 28) uint8 as (batch, 28, 28, 1) float32 in [0, 1]."""
    return images[..., np.newaxis] / np.float32(255)


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
    history = whole.fit(seen, images, batch_size=64, epochs=EPOCHS, verbose=0).history["loss"]
    print(f"ratio {ratio}: error × 1,000 {1_000 * history[-1]:.2f}", flush=True)
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


def main() -> None:
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    refuse_stand_in()
    for ratio in RATIOS:
        weights.save(listening(ratio, scaled(images[:IMAGES])), weights_folder(), listening_weights(ratio))
    for kernel_size in KERNEL_SIZES:
        model = lookout(kernel_size, images, labels)
        right = model.predict(scaled(test_images), verbose=0).argmax(axis=1) == test_labels
        print(f"kernel {kernel_size}: accuracy {right.mean():.1%}", flush=True)
        weights.save(model, weights_folder(), lookout_weights(kernel_size))


if __name__ == "__main__":
    main()
