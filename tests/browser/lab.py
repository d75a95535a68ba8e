"""JupyterLab as its users meet it: notebooks, menus, dialogs. What is waited for is always something to be seen."""

import json
import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

PATIENCE_MS = 180_000  # two busy cores; a start of TensorFlow takes seconds on idle ones
CELLS = ".jp-Notebook .jp-Cell"
RUNNING = "[*]:"

expect.set_options(timeout=PATIENCE_MS)


class Lab:
    """A browser window with JupyterLab in it."""

    def __init__(self, page: Page, url: str, token: str, folder: Path, screens: Path) -> None:
        self.page, self.url, self.token, self.folder, self.screens = page, url, token, folder, screens
        page.set_default_timeout(PATIENCE_MS)

    def enter(self, path: str = "") -> None:
        """Open JupyterLab at a path of the server's folder, and nothing of what earlier windows had open."""
        place = f"/tree/{path}" if path else ""
        self.page.goto(f"{self.url}lab{place}?reset&token={self.token}")

    def open(self, path: str) -> "Notebook":
        """Open a notebook."""
        self.enter(path)
        return self.opened(path)

    def opened(self, path: str) -> "Notebook":
        """A notebook that has been opened by other means."""
        return Notebook(self, self.folder / path)

    def menu(self, name: str, *entries: str) -> None:
        """Choose an entry of the menu bar: `menu("Run", "Run All Cells")`."""
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        for entry in entries:
            self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def theme(self, name: str) -> None:
        """Change to JupyterLab's "Light" or "Dark" theme."""
        self.menu("Settings", "Theme", f"JupyterLab {name}")
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}")
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def validation(self) -> Locator:
        """Press nbgrader's Validate button; what its dialog says."""
        self.page.get_by_role("button", name="Validate").click()
        return self.page.locator(".jp-Dialog-content")

    def close_dialog(self) -> None:
        """Press the dialog's button."""
        self.page.locator(".jp-Dialog-button").click()

    def errors_shown(self) -> int:
        """How many errors and lines on stderr the notebook shows."""
        kinds = ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr")
        return self.page.locator(", ".join(f'[data-mime-type="{kind}"]' for kind in kinds)).count()

    def screen(self, name: str, top: Locator | None = None) -> None:
        """Keep a picture of the window, with `top` at its upper edge."""
        if top:
            top.evaluate("node => node.scrollIntoView()")
        self.page.screenshot(path=self.screens / f"{name}.png")


class Notebook:
    """An open notebook. Its cells go by the ids that they have in the file."""

    def __init__(self, lab: Lab, path: Path) -> None:
        self.lab = lab
        self.page = lab.page
        cells = json.loads(path.read_text("utf-8"))["cells"]
        self.sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
        self.positions = {cell["id"]: position for position, cell in enumerate(cells)}
        self.code = [cell["id"] for cell in cells if cell["cell_type"] == "code"]
        self.experiments = {cell["id"] for cell in cells if "experiment" in cell["metadata"].get("tags", ())}
        expect(self.page.locator(CELLS)).to_have_count(len(cells))
        # The circle beside the kernel's name is "idle" before there is a kernel; the status bar is not.
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()

    def cell(self, identity: str) -> Locator:
        """The cell with its code and its output."""
        return self.page.locator(CELLS).nth(self.positions[identity])

    def code_with(self, text: str) -> str:
        """The id of the one code cell that has this text in it."""
        (identity,) = (identity for identity in self.code if text in self.sources[identity])
        return identity

    def prompt(self, identity: str) -> Locator:
        """What stands left of a code cell: `[3]:` after it ran, `[*]:` while it waits or runs."""
        return self.cell(identity).locator(".jp-InputPrompt")

    def output(self, identity: str) -> Locator:
        """Everything below a code cell."""
        return self.cell(identity).locator(".jp-Cell-outputArea")

    def write(self, identity: str, source: str) -> None:
        """Replace the code of a cell, as by pasting."""
        self.cell(identity).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, *identities: str) -> None:
        """Run cells one by one with Shift+Enter, and wait for each to end."""
        for identity in identities:
            before = self.prompt(identity).inner_text()
            self.start(identity)
            self._ended(identity, before)

    def start(self, identity: str) -> None:
        """Run a cell with Shift+Enter and do not wait for its end."""
        self.cell(identity).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def run_all(self) -> None:
        """Run all cells from the menu, and wait until none is left to run."""
        before = self.prompt(self.code[0]).inner_text()
        self.lab.menu("Run", "Run All Cells")
        self._ended(self.code[0], before)
        expect(self.page.locator(".jp-InputPrompt", has_text=RUNNING)).to_have_count(0)

    def _ended(self, identity: str, before: str) -> None:
        other_number = re.compile(rf"^(?!{re.escape(before)}$)\[\d+\]:$")
        expect(self.prompt(identity)).to_have_text(other_number)


def press(formgrader: Page | FrameLocator, row: str, button: str) -> None:
    """Press a button of a row in one of formgrader's tables, and read its answer: it has to be a success."""
    formgrader.get_by_role("row", name=row).locator(f".{button} a").click()
    answer = formgrader.locator(".modal.in")
    expect(answer.locator(".modal-title")).to_have_text("Success")
    answer.get_by_role("button", name="OK").click()
    expect(answer).to_have_count(0)
