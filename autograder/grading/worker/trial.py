"""Whether a submission's process can be locked in here: tried without TensorFlow, in a moment, before anything starts.

bubblewrap may work and the namespaces within it not, so both are tried. Run as
`python -m autograder.grading.worker.trial` behind bubblewrap; it ends with 0 if a process could be locked in.
"""

import os
import sys

from autograder.grading.worker import namespace


def main() -> int:
    """Lock a child in as the server does. Returns: its exit code."""
    namespace.unshare()
    child = os.fork()
    if child == 0:
        namespace.confine(namespace.Limits())
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
