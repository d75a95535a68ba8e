"""The course's figures: one visual language for images, attention, learning curves and comparisons."""

from coursekit.plots.attention import attention_overlay, feature_maps, gate_bars, picture_gates
from coursekit.plots.checks import expected_and_received
from coursekit.plots.family import family_map
from coursekit.plots.history import attention_history
from coursekit.plots.images import image_grid, image_row, pixel_histogram
from coursekit.plots.results import comparison, curves
from coursekit.statistics import summary  # notebooks import it from here

__all__ = [
    "attention_history",
    "attention_overlay",
    "comparison",
    "curves",
    "expected_and_received",
    "family_map",
    "feature_maps",
    "gate_bars",
    "image_grid",
    "image_row",
    "picture_gates",
    "pixel_histogram",
    "summary",
]
