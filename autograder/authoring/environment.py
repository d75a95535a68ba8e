"""environment.yml for conda and Binder: the packages of requirements.lock, so that they are listed once."""

import re

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


def environment_yml() -> str:
    """The conda environment: Python 3.11 and every locked package, with its platform marker."""
    return HEAD + "".join(f"      - {_quoted(pin)}\n" for pin in pins())


def pins() -> list[str]:
    """What requirements.lock pins, `name==version`, some followed by the platforms that it is for."""
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    found = re.findall(r"^([A-Za-z0-9][^\s;]*==[^\s;\\]+(?: *; *[^\\\n]+?)?) *\\?$", lock, flags=re.MULTILINE)
    if len(found) < 50:
        raise ValueError(f"requirements.lock: expected every package pinned with ==. Received {len(found)} pins")
    return found


def _quoted(pin: str) -> str:
    return f'"{pin}"' if ";" in pin else pin
