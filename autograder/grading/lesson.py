"""The lesson to grade: what was handed out, and what grades depend on."""

import hashlib
from pathlib import Path

from autograder.grading import plan
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY


class Lesson:
    """What was handed out, in each language, and a digest of everything that grades depend on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notebook = read_master(name).notebook
        instructors = {language: instructor_notebook(read_master(name), language) for language in LANGUAGES}
        self.release = {language: student_notebook(notebook) for language, notebook in instructors.items()}
        # The digest covers the lesson, with the blocks of earlier lessons that it gives, and all code that measures and
        # judges. It is taken now: formgrader's server may run on after these files have changed.
        packages = [REPOSITORY / "autograder", REPOSITORY / "curriculum"]
        files = [
            path
            for each in packages
            for kind in ("*.py", "*.toml", "*.j2", "*.css")
            for path in sorted(each.rglob(kind))
        ]
        parts = [*(as_text(notebook).encode() for notebook in instructors.values()), *map(Path.read_bytes, files)]
        self.digest = hashlib.sha256(b"\0".join(parts)).hexdigest()

    def reference_cells(self) -> list[str]:
        """The code of the instructor's own notebook that defines the references."""
        instructors = instructor_notebook(read_master(self.name), LANGUAGES[0])
        return [step.source for step in plan.steps(instructors) if not step.exercise]

    def modules(self) -> list[str]:
        """What its cells import."""
        return plan.imported(self.release[LANGUAGES[0]])
