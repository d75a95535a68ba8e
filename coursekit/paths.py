"""Where notebooks look for the measured results; `curriculum.paths` says where that is."""

from curriculum.paths import results_folder

__all__ = ["results_folder"]
