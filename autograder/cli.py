"""The command line: `autograder build`, `autograder grade LESSON`."""

import sys
import warnings
from pathlib import Path

import click


@click.group()
def main() -> None:
    """Build the course and grade a class."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if something generated is out of date.")
def build(check: bool) -> None:
    """Make notebooks, reference outputs and environment files from solutions/lessons."""
    from autograder.authoring.build import ProofError
    from autograder.authoring.build import build as build_course
    from autograder.authoring.master import MasterError
    from autograder.paths import in_clone

    if not in_clone():
        raise click.ClickException("solutions/lessons is not here: building needs a clone of the repository.")
    try:
        stale = build_course(check=check)
    except (MasterError, ProofError) as error:
        raise click.ClickException(str(error)) from None
    for path in stale:
        click.echo(f"{'out of date' if check else 'written'}: {path}")
    if check and stale:
        raise click.ClickException(f"{len(stale)} generated files are out of date. To mend it: make build")
    click.echo("Everything generated is up to date." if not stale else f"{len(stale)} files written.")


@main.command()
@click.argument("lesson")
@click.option("--submissions", type=click.Path(path_type=Path), help="Folder of submissions; `submitted` by default.")
@click.option("--force", is_flag=True, help="Grade again what is graded already.")
@click.option("--demo", is_flag=True, help="Grade a small demonstration class, in build/demo.")
def grade(lesson: str, submissions: Path | None, force: bool, demo: bool) -> None:
    """Grade a class: SUBMISSIONS/<student>/LESSON/<notebook>.ipynb."""
    from sqlalchemy.exc import SAWarning

    from autograder.grading.demo import DEMO_FOLDER, make_demo_class
    from autograder.grading.grade import Graded, GradingError, grade_class
    from autograder.paths import REPOSITORY

    # nbgrader 0.9.6 was written for an older SQLAlchemy, which says so at every submission.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    root = DEMO_FOLDER if demo else REPOSITORY
    graded: list[Graded] = []
    try:
        folder = make_demo_class(lesson) if demo else submissions or root / "submitted"
        for student in grade_class(lesson, folder, root, force=force or demo):
            graded.append(student)
            points = f"{student.points:g} of {student.total:g} points"
            click.echo(f"{student.student}: " + (f"NOT GRADED, {student.problem}" if student.problem else points))
    except (GradingError, KeyError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(graded)} submissions. Feedback: {root / 'feedback'}. Gradebook: {root / 'gradebook.db'}")
    if any(student.problem for student in graded):
        raise click.ClickException("some submissions could not be graded; the reasons are above")


if __name__ == "__main__":
    sys.exit(main())
