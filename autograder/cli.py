"""The command line: for authors `build`, `new`, `try`, `site`, `release`; the others are for instructors."""

import os
import sys
import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curriculum.exercises import KINDS, LESSONS, Kind
from curriculum.messages import LANGUAGES, current_language, say

if TYPE_CHECKING:  # importing them takes seconds
    from distributed import Client

    from autograder.grading.class_run import StudentGrade


@click.group()
def main() -> None:
    """Build the course and grade a class."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if something generated is out of date.")
def build(check: bool) -> None:
    """Make notebooks, reference outputs and environment files from solutions/lessons."""
    from autograder.authoring.build import IncompleteError, ProofError
    from autograder.authoring.build import build as build_course
    from autograder.lessons.master import MasterError

    _need_a_clone()
    try:
        stale = build_course(check=check)
    except (IncompleteError, MasterError, ProofError) as error:
        raise click.ClickException(str(error)) from None
    for path in stale:
        click.echo(f"{'out of date' if check else 'written'}: {path}")
    if check and stale:
        raise click.ClickException(f"{len(stale)} generated files are out of date. To mend it: make build")
    click.echo("Everything generated is up to date." if not stale else f"{len(stale)} files written.")


@main.command()
@click.argument("name")
@click.option("--lesson", required=True, help="The lesson it belongs to, such as 4-spatial-attention.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    required=True,
    help="A layer takes and returns a feature map, a function arrays; a model is made of arguments alone; a number"
    " is computed from numbers.",
)
def new(name: str, lesson: str, kind: Kind) -> None:
    """Write skeletons of a new exercise, in all places that an exercise has."""
    from autograder.authoring.skeleton import SkeletonError, next_steps, write_skeletons
    from curriculum.paths import shown

    _need_a_clone()
    try:
        for path in write_skeletons(name, lesson, kind):
            click.echo(f"written: {shown(path)}")
    except SkeletonError as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(["", *next_steps(name, kind)]))


@main.command("try")
@click.argument("name")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="The language of the verdicts.")
def try_exercise(name: str, language: str) -> None:
    """Show what the check of one exercise says to its right answers and its usual mistakes; builds nothing."""
    from autograder.authoring.build import IncompleteError, ProofError
    from autograder.authoring.trial import trial
    from autograder.lessons.master import MasterError

    _need_a_clone()
    try:
        for line in trial(name, language):
            click.echo(line)
    except KeyError as error:
        raise click.ClickException(error.args[0]) from None
    except (IncompleteError, MasterError, ProofError) as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--lesson", "lessons", multiple=True, help="Make pages of this lesson alone; may be given again.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="In this language alone.")
@click.option("--solutions", is_flag=True, help="Show solutions: for instructors, in build/site-solutions.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write; build/site by default.")
def site(lessons: tuple[str, ...], languages: tuple[str, ...], solutions: bool, output: Path | None) -> None:
    """Make the course's web site; lessons that have changed are run."""
    from autograder.authoring.executed import ExecutionError
    from autograder.authoring.lesson_page import PageError
    from autograder.authoring.site import SiteError, make_site
    from coursekit.data import DataError

    _need_a_clone()
    try:
        folder = make_site(lessons or LESSONS, languages or LANGUAGES, solutions=solutions, folder=output)
    except (DataError, ExecutionError, PageError, SiteError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{folder / 'index.html'}")


@main.command()
@click.argument("tag")
def release(tag: str) -> None:
    """Write what belongs to the release TAG into dist/: notebooks by language, notes, checksums."""
    from autograder.authoring.release import ReleaseError, write_release
    from curriculum.paths import REPOSITORY, shown

    _need_a_clone()
    try:
        for path in write_release(tag, REPOSITORY / "dist"):
            click.echo(shown(path))
    except ReleaseError as error:
        raise click.ClickException(str(error)) from None


def _need_a_clone() -> None:
    from curriculum.paths import in_clone

    if not in_clone():
        raise click.ClickException("solutions/lessons is not here: building needs a clone of the repository.")


@main.command()
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the page; that of the system unless told.")
def start(language: str | None) -> None:
    """Write course/start.md, which `make lab` opens: all lessons, what is done of them, and the next step."""
    from autograder.lessons.start_page import write_start_page

    _need_a_clone()
    write_start_page(language or current_language())


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--course-id", default="cnn-attention-course", help="What nbgrader's exchange calls the course.")
@click.option("--exchange", default="", metavar="DIR", help="nbgrader's exchange, where students fetch and hand in.")
def init(folder: Path, course_id: str, exchange: str) -> None:
    """Make FOLDER an instructor's course folder: lessons to hand out, nbgrader's settings, a class list to fill in.

    In a folder that is one already, the lessons are renewed, and nothing else is changed.
    """
    from autograder.grading.new_course import make_course_folder
    from autograder.grading.submissions import GradingError

    try:
        for path in make_course_folder(folder, course_id, exchange):
            click.echo(f"written: {path}")
    except GradingError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.argument("lesson")
@click.option("--submissions", type=click.Path(path_type=Path), help="Folder of submissions; `submitted` by default.")
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade this student; may be given again.")
@click.option("--jobs", type=click.IntRange(1), help="Submissions at a time; one for each core by default.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Grade on the Dask cluster of this scheduler, tls://…")
@click.option(
    "--certificates",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="What `autograder certificates` has made for that cluster; by default, what Dask's settings say.",
)
@click.option("--local-workers", type=click.IntRange(1), metavar="N", help="Grade on so many workers of this machine.")
@click.option("--trust", is_flag=True, help="Run students' code without a sandbox, with your own rights.")
@click.option("--force", is_flag=True, help="Grade again what is graded already.")
@click.option("--demo", is_flag=True, help="Grade a small demonstration class, in build/demo.")
def grade(
    lesson: str,
    submissions: Path | None,
    students: tuple[str, ...],
    jobs: int | None,
    scheduler: str,
    certificates: Path | None,
    local_workers: int | None,
    trust: bool,
    force: bool,
    demo: bool,
) -> None:
    """Grade a class: SUBMISSIONS/<student>/LESSON/<notebook>.ipynb.

    On one machine, or with --scheduler or --local-workers on the workers of a cluster: docs/large-classes.md.
    """
    from sqlalchemy.exc import SAWarning

    from autograder.grading.class_run import grade_class
    from autograder.grading.course_folder import course, course_root
    from autograder.grading.demo import DEMO, make_demo_class
    from autograder.grading.engine import Settings
    from autograder.grading.record import database_name
    from autograder.grading.submissions import GradingError, students_of

    # nbgrader 0.9.6 was written for an older SQLAlchemy, which says so at every submission.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    settings = Settings(isolated=not trust, force=force or demo, students=students)
    if jobs:
        settings = replace(settings, jobs=jobs)
    connect = _cluster(scheduler, certificates, local_workers)
    if connect and (jobs or trust):
        raise click.UsageError("On a cluster there is no --trust, and workers say how many submissions run at a time.")
    try:
        root = course_root() / (DEMO if demo else "")
        folder = make_demo_class(lesson, root) if demo else submissions or root / "submitted"
        count = len(students_of(lesson, folder, students))
        graded = _told(lesson, count, grade_class(lesson, folder, root, settings, _tell, connect))
    except (GradingError, KeyError) as error:
        raise click.ClickException(str(error)) from None
    coursedir, _ = course(root, folder)
    feedback = Path(coursedir.root, coursedir.feedback_directory)
    click.echo(_summary(graded, feedback, database_name(coursedir)))
    if problems := sum(bool(student.problem) for student in graded):
        raise click.ClickException(f"{problems} submissions could not be graded; the reasons are above")


def _cluster(
    scheduler: str, certificates: Path | None, local_workers: int | None
) -> "Callable[[], AbstractContextManager[Client]] | None":
    """How to get to the cluster that was asked for, if one was."""
    if (scheduler and local_workers) or (certificates and not scheduler):
        raise click.UsageError("Give --scheduler, with --certificates if you like, or --local-workers.")
    if not scheduler and not local_workers:
        return None
    try:
        from autograder.grading.cluster_access import local_cluster, remote_cluster
    except ImportError as error:
        raise click.ClickException(say("grading.cluster.not_installed", reason=error)) from None
    return partial(local_cluster, local_workers) if local_workers else partial(remote_cluster, scheduler, certificates)


def _told(label: str, count: int, grades: "Iterable[StudentGrade]") -> "list[StudentGrade]":
    """All grades, each told when it comes, below a bar that moves."""
    told = []
    with click.progressbar(length=count, label=label, file=sys.stderr) as bar:
        for each in grades:
            told.append(each)
            if each.problem:
                _tell(f"{each.student}: NOT GRADED, {each.problem}")
            elif not each.unchanged:
                note = f"  ({each.note})" if each.note else ""
                _tell(f"{each.student}: {each.points:g} of {each.total:g} points{note}")
            bar.update(1)
    return told


def _summary(graded: "list[StudentGrade]", feedback: Path, gradebook: str) -> str:
    unchanged = sum(student.unchanged for student in graded)
    key = "grading.finished_again" if unchanged else "grading.finished"
    finished = say(key, count=len(graded), unchanged=unchanged, feedback=feedback, gradebook=gradebook)
    unread = sum(bool(student.unread) for student in graded)
    return f"{say('grading.unread', count=unread)}\n{finished}" if unread else finished


def _tell(line: str) -> None:
    click.echo(("\r\x1b[K" if sys.stderr.isatty() else "") + line)  # over the bar, which comes back below


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def certificates(folder: Path) -> None:
    """Make the certificate of a cluster, and its key, in FOLDER: scheduler, workers and grader show it to each other.

    Whoever has the key can run anything on all of them. It is valid for a year.
    """
    try:
        from autograder.grading.cluster_access import write_certificates

        for path in write_certificates(folder):
            click.echo(f"written: {path}")
    except ImportError as error:
        raise click.ClickException(say("grading.cluster.not_installed", reason=error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.strerror}: {error.filename}") from None


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "id_column", default="", metavar="COLUMN", help="The column of students' ids, if not the usual.")
def roster(file: Path, id_column: str) -> None:
    """Enter a class in the gradebook: FILE is a spreadsheet as CSV, or a platform's own list."""
    from autograder.grading.collecting import some
    from autograder.grading.course_folder import course, course_root
    from autograder.grading.roster import import_roster, read_roster
    from autograder.grading.spreadsheets import Table
    from autograder.grading.submissions import GradingError

    try:
        root = course_root()
        people = read_roster(Table(file), id_column)
        coursedir, _ = course(root, root / "submitted")
        imported = import_roster(people, coursedir)
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    without = [person.student for person in people if not person.section]
    if 0 < len(without) < len(people):
        click.echo(say("exchange.roster.without_section", students=some(without)))
    if imported.missing:
        click.echo(say("exchange.roster.missing", file=file, students=some(imported.missing)))
    new, changed = len(imported.new), len(imported.changed)
    same = len(people) - new - changed
    click.echo(say("exchange.roster.finished", count=len(people), file=file, new=new, changed=changed, same=same))


@main.command()
@click.argument("lesson", default="")
@click.argument("when", default="")
@click.option("--timezone", default="", metavar="NAME", help="Of WHEN and of what students see, such as Asia/Seoul.")
def due(lesson: str, when: str, timezone: str) -> None:
    """Say when a lesson is due, "2026-12-01 18:00" or none; without arguments, show all due dates.

    nbgrader's due date is set, and students see it in the lesson and in progress(). An extension for one student is
    given in formgrader.
    """
    from autograder.grading.course_folder import course, course_root
    from autograder.grading.due import set_due_date
    from autograder.grading.submissions import GradingError, require_lesson

    try:
        if lesson:
            require_lesson(lesson)
        root = course_root()
        coursedir, _ = course(root, root / "submitted")
        dates = set_due_date(coursedir, lesson, when, timezone, click.echo)
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    if lesson and lesson not in dates:
        click.echo(say("due.none", lesson=lesson))
    elif not dates:
        click.echo(say("due.nothing"))
    for name, date in dates.items():
        if lesson in ("", name):
            click.echo(say("due.is_due", lesson=name, date=date))


@main.command()
@click.argument("lesson")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--submissions", type=click.Path(path_type=Path), help="Folder of submissions; `submitted` by default.")
@click.option("--timezone", default="", metavar="NAME", help="Of the platform's clock, such as Asia/Seoul.")
def collect(lesson: str, sources: tuple[Path, ...], submissions: Path | None, timezone: str) -> None:
    """Bring work in: SOURCES are downloads of Moodle, Canvas, Blackboard, Drive or GitHub Classroom, or folders."""
    from autograder.grading.collecting import collect as collect_class
    from autograder.grading.course_folder import course_root
    from autograder.grading.submissions import GradingError

    try:
        outcome = collect_class(lesson, sources, course_root(), submissions, timezone, click.echo)
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    counts = {name: len(getattr(outcome, name)) for name in ("new", "replaced", "same")}
    click.echo(say("exchange.collect.finished", folder=outcome.folder, count=sum(counts.values()), **counts))
    if outcome.problems:
        raise click.ClickException(f"{outcome.problems} things were not collected; the reasons are above")


@main.command()
@click.argument("lesson")
@click.option("--demo", is_flag=True, help="About the demonstration class, in build/demo.")
@click.option("--section", default="", metavar="NAME", help="About this section of the class alone.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write; report-LESSON.html by default.")
def report(lesson: str, demo: bool, section: str, output: Path | None) -> None:
    """Write a page about a graded class: grades, checks, the commonest mistakes, time, crashes, remarks."""
    from autograder.grading.course_folder import course_root
    from autograder.grading.demo import DEMO
    from autograder.grading.report import report_path, write_report
    from autograder.grading.submissions import GradingError

    try:
        root = course_root() / (DEMO if demo else "")
        path = output or report_path(root, lesson, section)
        write_report(lesson, root, path, section)
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{path}")


@main.command()
@click.argument("lesson")
@click.option("--canvas", type=click.Path(path_type=Path), metavar="FILE", help="Canvas's gradebook, exported as CSV.")
@click.option("--moodle", type=click.Path(path_type=Path), metavar="FILE", help="Moodle's grading worksheet (CSV).")
@click.option("--blackboard", type=click.Path(path_type=Path), metavar="FILE", help="Blackboard's Grade Center.")
@click.option("--canvas-course", default="", metavar="URL", help="Canvas itself: the address of the course.")
@click.option("--column", default="", metavar="TITLE", help="The column of this lesson, if it is called otherwise.")
@click.option("--section", default="", metavar="NAME", help="The grades of this section of the class alone.")
@click.option("--student", "students", multiple=True, metavar="ID", help="Of this student; may be given again.")
@click.option("--scale", is_flag=True, help="Turn points into a share of the platform's maximum.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write; FILE-LESSON.csv beside it by default.")
def export(
    lesson: str,
    canvas: Path | None,
    moodle: Path | None,
    blackboard: Path | None,
    canvas_course: str,
    column: str,
    section: str,
    students: tuple[str, ...],
    scale: bool,
    output: Path | None,
) -> None:
    """Fill grades in the table that a learning platform gives out, to be uploaded there; or write them into Canvas.

    --canvas-course needs an access token of yours in $CANVAS_TOKEN, and asks before it changes anything.
    """
    from autograder.grading.canvas import TOKEN, upload
    from autograder.grading.course_folder import course_root
    from autograder.grading.gradesheets import export as export_grades
    from autograder.grading.gradesheets import grades_of
    from autograder.grading.submissions import GradingError

    tables = {"canvas": canvas, "moodle": moodle, "blackboard": blackboard}
    given = {platform: path for platform, path in tables.items() if path}
    if len(given) + bool(canvas_course) != 1:
        raise click.UsageError("Name one table: --canvas, --moodle or --blackboard FILE; or --canvas-course URL.")
    try:
        if canvas_course:
            graded = grades_of(lesson, course_root(), section, students)
            token = os.environ.get(TOKEN, "")
            count = upload(lesson, canvas_course, token, graded, column, scale, click.confirm, click.echo)
            click.echo(say("exchange.export.graded", count=count, file=canvas_course))
            return
        ((platform, path),) = given.items()
        output = output or path.with_name(f"{path.stem}-{lesson}{path.suffix}")
        count = export_grades(
            lesson,
            path,
            platform,
            output,
            course_root(),
            column=column,
            section=section,
            students=students,
            scale=scale,
            announce=click.echo,
        )
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    click.echo(say("exchange.export.graded", count=count, file=output))


if __name__ == "__main__":
    sys.exit(main())
