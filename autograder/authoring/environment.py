"""environment.yml for conda and Binder: of the packages in requirements.lock those that students and graders need."""

import re
import tomllib

from curriculum.paths import REPOSITORY

HEAD = """\
# Generated from requirements.lock by `make build`. Do not edit: change pyproject.toml, then run `make lock build`.
name: cnn-attention-course
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - pip:
"""
INSTALLERS = ("hatchling", "editables")  # binder/postBuild installs the course itself with them
# A pin, some with the platforms that it is for, and the lines below it: hashes, and what it is there for.
PIN = re.compile(r"^([A-Za-z0-9][^\s;]*==[^\s;\\]+(?: *; *[^\\\n]+?)?) *\\?$((?:\n +.*)*)", re.MULTILINE)


def environment_yml() -> str:
    """The conda environment: Python 3.11 and every package that is needed, with its platform marker."""
    return HEAD + "".join(f"      - {_quoted(pin)}\n" for pin in needed())


def needed() -> list[str]:
    """Those pins that pyproject.toml's dependencies lead to, without what only its extras do, as tests or a cluster."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {_name(each) for each in (*project["dependencies"], *INSTALLERS)}
    needs = [(pin, set(re.findall(r"^ +# +(?:via +)?([\w.-]+)", below, re.MULTILINE))) for pin, below in _locked()]
    while more := {_name(pin) for pin, needed_by in needs if needed_by & wanted} - wanted:
        wanted |= more
    return [pin for pin, _ in needs if _name(pin) in wanted]


def pins() -> list[str]:
    """What requirements.lock pins, `name==version`, some followed by the platforms that it is for."""
    return [pin for pin, _ in _locked()]


def _locked() -> list[tuple[str, str]]:
    found = PIN.findall((REPOSITORY / "requirements.lock").read_text("utf-8"))
    if len(found) < 50:
        raise ValueError(f"requirements.lock: expected every package pinned with ==. Received {len(found)} pins")
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^\w-]", requirement)[0]


def _quoted(pin: str) -> str:
    return f'"{pin}"' if ";" in pin else pin
