"""A JupyterHub on a machine of its own, set up with what docs/hub.md says, and a browser for each of its users."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from curriculum.paths import REPOSITORY
from tests.browser.conftest import SCREENS
from tests.browser.lab import Lab
from tests.conftest import DATASET, lacking
from tests.hub.machine import ENVIRONMENT, Machine, NotHereError

PARTS = REPOSITORY / "build" / "hub"  # what `make hub` fetches
GRADERS, STUDENTS = ("teacher", "assistant"), ("english", "korean")
PASSWORD = "hub-tests"
START_SECONDS = 600  # four servers at once, on two busy cores

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
autograder init attention --course-id attention --exchange /srv/nbgrader/exchange
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


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A machine with users, everybody's package, an exchange, and a course folder that two graders share."""
    if not (PARTS / "ready").exists():
        lacking("hub", "No JupyterHub is here: `make hub` fetches one and runs these tests.")
    try:
        made = Machine(*([Path(DATASET).resolve()] if DATASET else []))
    except NotHereError as error:
        lacking("hub", f"A hub's users need a view of this machine that only root can make. {error}")
    try:
        _install(made)
        _settle(made)
        yield made
    finally:
        made.close()


def _install(machine: Machine) -> None:
    """The hub and the students' package into everybody's environment; the instructors' package is there to be had."""
    subprocess.run(["cp", "-a", PARTS, machine.path("/srv/hub")], check=True)
    wheels = machine.path("/srv/wheels")
    wheels.mkdir()
    for source in (REPOSITORY, REPOSITORY / "solutions"):
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
        subprocess.run(command, cwd=source, check=True, capture_output=True)
    install = f"{ENVIRONMENT}/bin/python -m pip install --quiet --no-index --no-deps --force-reinstall"
    machine.run("sh", "-c", f"{install} /srv/hub/wheels/*.whl /srv/wheels/cnn_attention_course-*.whl")
    # In an environment of venv's, `pip install --user` needs this; in one of conda's, as hubs have it, nothing.
    settings = machine.path(ENVIRONMENT / "pyvenv.cfg")
    settings.write_text(settings.read_text().replace("packages = false", "packages = true"))
    machine.path("/etc/profile.d/course.sh").write_text(f"PATH={ENVIRONMENT}/bin:$PATH\n")


def _settle(machine: Machine) -> None:
    """Users, and what they set up before the first lesson."""
    machine.path("/etc/jupyter").mkdir(exist_ok=True)
    machine.path("/etc/jupyter/nbgrader_config.py").write_text(documented("python", "c.Exchange.root"))
    machine.run("groupadd", "graders")
    for user in (*GRADERS, *STUDENTS):
        machine.run("useradd", "--create-home", "--shell", "/bin/bash", user)
        machine.run("chmod", "700", f"/home/{user}")
    machine.run("install", "-d", "-m", "3777", "-g", "graders", "/srv/nbgrader/exchange")
    for grader in GRADERS:
        machine.run("usermod", "--append", "--groups", "graders", grader)
        machine.shell(grader, "mkdir .jupyter")
        machine.path(f"/home/{grader}/.jupyter/nbgrader_config.py").write_text(documented("python", "load_subconfig"))
    teacher, assistant = GRADERS
    machine.shell(
        teacher, TEACHERS.format(shared=documented("python", "groupshared"), opened=documented("sh", "chmod 710"))
    )
    machine.shell(assistant, "pip install --quiet --user --no-index /srv/wheels/cnn_attention_course_solutions-*.whl")
    machine.path(f"/home/{assistant}/.jupyter/jupyter_server_config.py").write_text(documented("python", "root_dir"))


@pytest.fixture(scope="session")
def hub(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the hub."""
    with ExitStack() as stack:  # three ports that are free now
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [each.getsockname()[1] for each in sockets]
    environment = {"COURSE_PROGRESS": "~/course-progress.json"}
    if DATASET:
        environment["FASHION_MNIST_DIR"] = str(Path(DATASET).resolve())
    users = (*GRADERS, *STUDENTS)
    machine.path("/srv/hub/jupyterhub_config.py").write_text(
        CONFIG.format(*ports, password=PASSWORD, users=users, seconds=START_SECONDS, environment=environment)
    )
    log = tmp_path_factory.mktemp("hub") / "log"
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
        print(log.read_text("utf-8"))  # shown if a test has failed


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


@pytest.fixture
def labs(hub: str, machine: Machine, chromium: Browser) -> Iterator[dict[str, Lab]]:
    """JupyterLab on the server of every user, each in a browser of their own, logged in."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    opened = {}
    for user in (*GRADERS, *STUDENTS):
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        opened[user] = Lab(page, f"{hub}/user/{user}/", "", machine.path(f"/home/{user}"), SCREENS)
        page.goto(f"{hub}/hub/login")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()  # which starts the server; the others need not wait for it
    for lab in opened.values():
        lab.page.wait_for_url(f"{lab.url}lab**", timeout=1000 * START_SECONDS)
    yield opened
    for user, lab in opened.items():
        lab.page.screenshot(path=SCREENS / f"end-of-hub-{user}.png")
        lab.page.context.close()
