"""What goes into the instructors' wheel, and that it belongs to the students' wheel of the same version."""

import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

FOLDER = "cnn_attention_course_solutions"
SOLUTIONS = ("TEACHING.md", "TEACHING.ko.md", "lessons/*.py", "mistakes/*.py", "answers/*.py", "proof/*.md")
HANDED_OUT = ("*/*.html", "*/*/*.ipynb", "*/*/*.png")  # no checkpoints, and nobody's progress


class Version(MetadataHookInterface):
    """The version of the course and of Python, which are written down once."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in both, and ask for the same one of the students' wheel."""
        course = tomllib.loads(Path(self.root, "..", "pyproject.toml").read_text("utf-8"))["project"]
        metadata |= {name: course[name] for name in ("version", "requires-python")}
        metadata["dependencies"] = [f"{course['name']}=={course['version']}"]


class Files(BuildHookInterface[Any]):
    """All files of the wheel, in one folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name them."""
        solutions, course = Path(self.root), Path(self.root).parent / "course"
        files = {path: path.relative_to(solutions) for pattern in SOLUTIONS for path in solutions.glob(pattern)}
        files |= {path: path.relative_to(course.parent) for pattern in HANDED_OUT for path in course.glob(pattern)}
        build_data["force_include"] = {str(path): f"{FOLDER}/{inside.as_posix()}" for path, inside in files.items()}
