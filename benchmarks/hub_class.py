"""A JupyterHub on a machine of its own, set up with what docs/hub.md says: for tests/hub, and for `hub.py`."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.hub_machine import ENVIRONMENT, Machine
from curriculum.paths import REPOSITORY

PARTS = REPOSITORY / "build" / "hub"  # what `make hub` fetches
PASSWORD = "hub-tests"
START_SECONDS = 600  # all servers at once, on two busy cores
EXCHANGE = "/srv/nbgrader/exchange"

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{}"
c.ConfigurableHTTPProxy.command = ["node", "/srv/hub/node_modules/configurable-http-proxy/bin/configurable-http-proxy"]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allowed_users = set({users})
c.Spawner.start_timeout = c.Spawner.http_timeout = {seconds}
c.Spawner.environment = {environment}
"""
# What the teacher does once, in a terminal.
TEACHERS = """set -e
pip install --quiet --user --no-index /srv/wheels/cnn_attention_course_solutions-*.whl
autograder init attention --course-id attention --exchange {exchange}
cat >> attention/nbgrader_config.py << 'END'
{shared}
END
{opened}
"""


def documented(kind: str, text: str) -> str:
    """The one block of this kind in docs/hub.md that has this text in it."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", (REPOSITORY / "docs" / "hub.md").read_text("utf-8"), re.DOTALL)
    (found,) = (block for block in blocks if text in block)
    return found


def dataset() -> list[Path]:
    """The folder of Fashion-MNIST that everybody on the machine shall see, if there is one."""
    folder = os.environ.get("FASHION_MNIST_DIR")
    return [Path(folder).resolve()] if folder else []


def install(machine: Machine) -> None:
    """The hub and the students' package into everybody's environment; the instructors' package is there to be had."""
    subprocess.run(["cp", "-a", PARTS, machine.path("/srv/hub")], check=True)
    wheels = machine.path("/srv/wheels")
    wheels.mkdir()
    for source in (REPOSITORY, REPOSITORY / "solutions"):
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
        subprocess.run(command, cwd=source, check=True, capture_output=True)
    command = f"{ENVIRONMENT}/bin/python -m pip install --quiet --no-index --no-deps --force-reinstall"
    machine.run("sh", "-c", f"{command} /srv/hub/wheels/*.whl /srv/wheels/cnn_attention_course-*.whl")
    # In an environment of venv's, `pip install --user` needs this; in one of conda's, as hubs have it, nothing.
    settings = machine.path(ENVIRONMENT / "pyvenv.cfg")
    settings.write_text(settings.read_text().replace("packages = false", "packages = true"))
    machine.path("/etc/profile.d/course.sh").write_text(f"PATH={ENVIRONMENT}/bin:$PATH\n")


def settle(machine: Machine, graders: Sequence[str], students: Sequence[str]) -> None:
    """Users, and what they set up before the first lesson. The first grader is the teacher, whose course it is."""
    machine.path("/etc/jupyter").mkdir(exist_ok=True)
    machine.path("/etc/jupyter/nbgrader_config.py").write_text(documented("python", "c.Exchange.root"))
    machine.run("groupadd", "graders")
    for user in (*graders, *students):
        machine.run("useradd", "--create-home", "--shell", "/bin/bash", user)
        machine.run("chmod", "700", f"/home/{user}")
    machine.run("install", "-d", "-m", "3777", "-g", "graders", EXCHANGE)
    for grader in graders:
        machine.run("usermod", "--append", "--groups", "graders", grader)
        machine.shell(grader, "mkdir .jupyter")
        machine.path(f"/home/{grader}/.jupyter/nbgrader_config.py").write_text(documented("python", "load_subconfig"))
    teacher, *others = graders
    shared, opened = documented("python", "groupshared"), documented("sh", "chmod 710")
    machine.shell(teacher, TEACHERS.format(shared=shared, opened=opened, exchange=EXCHANGE))
    for grader in others:
        machine.shell(grader, "pip install --quiet --user --no-index /srv/wheels/cnn_attention_course_solutions-*.whl")
        machine.path(f"/home/{grader}/.jupyter/jupyter_server_config.py").write_text(documented("python", "root_dir"))


@contextmanager
def running(machine: Machine, users: Sequence[str], log: Path, settings: str = "") -> Iterator[str]:
    """A hub for these users, with more `settings` than ours if there are any. Gives its address."""
    with ExitStack() as stack:  # three ports that are free now
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [each.getsockname()[1] for each in sockets]
    environment = {"COURSE_PROGRESS": "~/course-progress.json"}
    for folder in dataset():
        environment["FASHION_MNIST_DIR"] = str(folder)
    text = CONFIG.format(*ports, password=PASSWORD, users=users, seconds=START_SECONDS, environment=environment)
    machine.path("/srv/hub/jupyterhub_config.py").write_text(text + settings)
    process = machine.start(
        f"{ENVIRONMENT}/bin/python",
        *("-m", "jupyterhub"),
        folder="/srv/hub",
        log=log,
        environment={"PATH": f"{ENVIRONMENT}/bin{os.pathsep}{os.environ['PATH']}", "HOME": "/root"},
    )
    try:
        yield _address(process, f"http://127.0.0.1:{ports[0]}", log)
    finally:
        process.kill()  # the machine ends what it has started
        process.wait()


def _address(process: subprocess.Popen, url: str, log: Path) -> str:
    """The hub's address, as soon as it answers there."""
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(f"{url}/hub/health"):
                return url
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterHub does not answer:\n{log.read_text('utf-8')}")
