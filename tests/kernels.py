"""Jupyter kernels that need not import TensorFlow first: each is forked from a process that has.

They are ipykernel's own, started over a kernel specification as any other. Run as a module, this is that process; run
as a file with a connection file, it is what Jupyter starts: it asks for a kernel and lives as long as that does.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "forked"


@contextmanager
def forked_kernels(folder: Path) -> Iterator[str]:
    """Start the process that kernels called NAME are forked from. Gives the folder to name in JUPYTER_PATH."""
    address = str(folder / "kernels.socket")
    specification = folder / "kernels" / NAME / "kernel.json"
    specification.parent.mkdir(parents=True)
    start = [sys.executable, "-S", "-E", __file__, address, "{connection_file}"]
    specification.write_text(json.dumps({"argv": start, "display_name": NAME, "language": "python"}))
    server = subprocess.Popen([sys.executable, "-m", __name__, address], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    try:
        server.stdout.readline()
        yield str(folder)
    finally:
        server.communicate()  # its input ends, and so does it


def serve(address: str) -> None:
    """Import what lessons import, then fork a kernel for each connection until the input ends."""
    from ipykernel.kernelapp import IPKernelApp

    from autograder.grading.lesson import Lesson
    from curriculum.quiet import import_tensorflow
    from tests.habits import LESSON

    import_tensorflow()
    for name in ("autograder.checking.notebook", *Lesson(LESSON).modules()):  # as the first cells of a lesson do
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a kernel would otherwise write to, and so copy, every page
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)
    watch = threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True)
    watch.start()
    while True:
        connection, _ = listener.accept()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork():
            connection.close()
            continue
        os.setsid()
        folder, file = json.loads(connection.makefile().readline())
        os.chdir(folder)
        # Jupyter has ended the kernel if the other side goes away.
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        sys.argv = ["ipykernel_launcher", "-f", file, "--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
        sys.path.insert(0, "")
        IPKernelApp.launch_instance()
        os._exit(0)


def _end_with(connection: socket.socket) -> None:
    connection.recv(1)
    os._exit(0)


def ask(address: str, file: str) -> None:
    """Ask for a kernel, and wait until it has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Jupyter interrupts a kernel before it ends it
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(json.dumps([str(Path.cwd()), file]).encode() + b"\n")
        connection.recv(1)


if __name__ == "__main__":
    serve(*sys.argv[1:]) if len(sys.argv) == 2 else ask(*sys.argv[1:])
