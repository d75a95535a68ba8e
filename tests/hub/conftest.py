"""The hub's class: a machine of its own with a JupyterHub, and a browser for each of its users."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from benchmarks.hub_class import PARTS, PASSWORD, START_SECONDS, dataset, install, running, settle
from benchmarks.hub_machine import Machine, NotHereError
from tests.browser.conftest import SCREENS
from tests.browser.lab import Lab
from tests.conftest import lacking

GRADERS, STUDENTS = ("teacher", "assistant"), ("english", "korean")


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A machine with users, everybody's package, an exchange, and a course folder that two graders share."""
    if not (PARTS / "ready").exists():
        lacking("hub", "No JupyterHub is here: `make hub` fetches one and runs these tests.")
    try:
        made = Machine(*dataset())
    except NotHereError as error:
        lacking("hub", f"A hub's users need a view of this machine that only root can make. {error}")
    try:
        install(made)
        settle(made, GRADERS, STUDENTS)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def hub(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the hub."""
    log = tmp_path_factory.mktemp("hub") / "log"
    try:
        with running(machine, (*GRADERS, *STUDENTS), log) as address:
            yield address
    finally:
        print(log.read_text("utf-8"))  # shown if a test has failed


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
