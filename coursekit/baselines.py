"""What a network has to beat: two classifiers that see nothing but pixels."""

import numpy as np

from coursekit.training import Split


def linear_accuracy(train: Split, test: Split, l2: float = 1e-4) -> float:
    """Test accuracy of logistic regression on the pixels, trained by L-BFGS until it no longer gets better.

    Args:
        train: pictures (batch, height, width, channels) uint8, and labels.
        test: the same.
        l2: what half the weights' square counts beside the mean cross-entropy.
    """
    from scipy.optimize import minimize

    def flat(images: np.ndarray) -> np.ndarray:
        return np.pad(images.reshape(len(images), -1).astype("float32") / 255, ((0, 0), (0, 1)), constant_values=1)

    images, labels = flat(train[0]), train[1]
    rows = np.arange(len(labels))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = weights.reshape(-1, 10).astype("float32")
        scores = images @ matrix
        scores -= scores.max(axis=1, keepdims=True)
        wrong = np.exp(scores)
        wrong /= wrong.sum(axis=1, keepdims=True)
        cross_entropy = -np.mean(np.log(np.maximum(wrong[rows, labels], 1e-30)))
        wrong[rows, labels] -= 1
        gradient = images.T @ wrong / len(labels) + l2 * matrix
        return float(cross_entropy + l2 / 2 * np.sum(matrix**2)), gradient.ravel().astype(float)

    found = minimize(loss, np.zeros(images.shape[1] * 10), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    predicted = np.argmax(flat(test[0]) @ found.x.reshape(-1, 10), axis=1)
    return float(np.mean(predicted == test[1]))


def nearest_neighbour_accuracy(train: Split, test: Split) -> float:
    """Test accuracy of the nearest training picture's class, by Euclidean distance of the pixels.

    Args:
        train: pictures (batch, height, width, channels) uint8, and labels.
        test: the same.
    """
    known = train[0].reshape(len(train[0]), -1).astype("float32")
    squares = np.sum(known**2, axis=1) / 2
    right = 0
    for start in range(0, len(test[0]), 500):
        asked = test[0][start : start + 500].reshape(-1, known.shape[1]).astype("float32")
        nearest = np.argmin(squares - asked @ known.T, axis=1)
        right += int(np.sum(train[1][nearest] == test[1][start : start + 500]))
    return right / len(test[0])
