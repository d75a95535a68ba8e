"""Measuring the references against a run's challenge, in a process of its own: the grader itself needs no TensorFlow.

Run as `python -m autograder.grading.references FD`. It reads a seed for each exercise from the socket and answers with
one frame for each reference. References never enter the sandbox.
"""

import socket
import sys

from autograder.authoring.reference import reference
from autograder.checking.challenge import Challenge
from autograder.checking.measure import measure
from autograder.exercises import load
from autograder.grading.inside import frames
from autograder.grading.inside.fresh import varied
from autograder.quiet import import_tensorflow


def main() -> None:
    """Measure each reference and send what was measured."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    seeds, _ = frames.receive(connection)
    import_tensorflow()
    for name, seed in seeds.items():
        measured = measure(reference(name), varied(load(name), seed), Challenge(seed))
        frames.send(connection, {"exercise": name}, measured.pack())


if __name__ == "__main__":
    main()
