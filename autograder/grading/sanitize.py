"""Small repairs of submitted notebooks before nbgrader reads them."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor


class DropEmptyMetadata(NbGraderPreprocessor):
    """Make an ordinary cell of what DeduplicateIds leaves of a copied one.

    It empties the copy's metadata. nbgrader takes that for an old format and stops the class (jupyter/nbgrader#1083).
    """

    def preprocess_cell(self, cell: Any, resources: dict, cell_index: int) -> tuple[Any, dict]:
        """Remove `nbgrader` metadata that has nothing in it."""
        if not cell.metadata.get("nbgrader", True):
            del cell.metadata["nbgrader"]
        return cell, resources
