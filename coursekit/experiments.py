"""What notebooks import for their experiments: training, and the shipped results."""

from coursekit.results import Budget, by_name, load_results, means_and_seeds, report
from coursekit.training import IMAGE_SHAPE, classification, go_on, reconstruction, train
from curriculum.messages import network_name

__all__ = [
    "IMAGE_SHAPE",
    "Budget",
    "by_name",
    "classification",
    "go_on",
    "load_results",
    "means_and_seeds",
    "network_name",
    "reconstruction",
    "report",
    "train",
]
