"""What is known of a cell without importing nbgrader, which takes seconds: reading a submission does without."""

import hashlib
from typing import Any

EXPERIMENT_TAG = "experiment"
EXPLAIN_PREFIX = "explain_"  # begins the id of every cell that takes a sentence, which a person reads


def checksum(source: str, cell_type: str, nbgrader: dict[str, Any]) -> str:
    """What `nbgrader.utils.compute_checksum` gives for a cell; nothing if its metadata are none of nbgrader's.

    Args:
        source: the cell's source.
        cell_type: `code` or `markdown`.
        nbgrader: the cell's metadata under that name.
    """
    try:
        parts = [source, cell_type, *(str(nbgrader[key]) for key in ("grade", "solution", "locked"))]
        parts.append(nbgrader["grade_id"])
        if nbgrader["grade"]:
            parts.append(str(float(nbgrader["points"])))
        return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
    except (KeyError, TypeError, ValueError, OverflowError):
        return ""
