"""The command line: `autograder build`, `autograder grade LESSON`."""

import sys

import click


@click.group()
def main() -> None:
    """Build the course and grade a class."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if something generated is out of date.")
def build(check: bool) -> None:
    """Make notebooks, reference outputs and environment files from solutions/lessons."""
    from autograder.authoring.build import build as build_course
    from autograder.authoring.master import MasterError
    from autograder.paths import in_clone

    if not in_clone():
        raise click.ClickException("solutions/lessons is not here: building needs a clone of the repository.")
    try:
        stale = build_course(check=check)
    except MasterError as error:
        raise click.ClickException(str(error)) from None
    for path in stale:
        click.echo(f"{'out of date' if check else 'written'}: {path}")
    if check and stale:
        raise click.ClickException(f"{len(stale)} generated files are out of date. To mend it: make build")
    click.echo("Everything generated is up to date." if not stale else f"{len(stale)} files written.")


if __name__ == "__main__":
    sys.exit(main())
