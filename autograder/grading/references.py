"""Measuring the references against a run's challenge, in a process of its own: the grader itself needs no TensorFlow.

Run as `python -m autograder.grading.references FD`. It reads seeds by exercise and the cells of the instructor's
notebook from the socket, and answers with one frame for each reference. References never enter the sandbox.
"""

import socket
import sys
from typing import Any

from autograder.checking.challenge import Challenge
from autograder.checking.measure import measure
from autograder.exercises import load
from autograder.grading.inside import frames
from autograder.grading.inside.fresh import varied
from autograder.quiet import import_tensorflow


def main() -> None:
    """Run the cells; measure each reference and send what was measured."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    asked, _ = frames.receive(connection)
    import_tensorflow()
    namespace: dict[str, Any] = {"__name__": "references"}
    for source in asked["cells"]:
        exec(source, namespace)
    for name, seed in asked["seeds"].items():
        measured = measure(namespace[name], varied(load(name), seed), Challenge(seed))
        frames.send(connection, {"exercise": name}, measured.pack())


if __name__ == "__main__":
    main()
