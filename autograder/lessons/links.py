"""Where a lesson leads, made of LESSONS: its last cell with links, and the table of all lessons."""

from autograder.lessons.effort import lesson_minutes
from autograder.lessons.master import lesson_title, notebook_name
from curriculum.exercises import LESSONS
from curriculum.messages import in_language, say

WHERE_NEXT = "where-next"  # the id of a notebook's last cell
ALL_LESSONS = "<!-- lessons -->"  # what a master has in the place of the table
HANDOUTS = ("exam", "summary")  # the pages beside the lessons' folders


def where_next(lesson: str, language: str, *, one_folder: bool = False) -> str:
    """The links at the end of a notebook: to its neighbours, to the first lesson, to the exam and the card.

    Args:
        lesson: the one that they stand in.
        language: of the notebook.
        one_folder: whether a lesson's notebooks of all languages lie in one folder, as nbgrader hands them out. Exam
            and card are not handed out.

    Returns:
        Markdown, with links that begin at the notebook's folder.
    """
    lessons = list(LESSONS)
    place = lessons.index(lesson)

    def link(other: str) -> str:
        return f"[{_numbered(other, language)}]({_notebook(other, language, one_folder)})"

    lines = []
    if place + 1 < len(lessons):
        lines.append(say("links.next", language, lesson=link(lessons[place + 1])))
    if place:
        lines.append(say("links.previous", language, lesson=link(lessons[place - 1])))
        first = f"[{say('links.all', language)}]({_notebook(lessons[0], language, one_folder)})"
        lines.append(say("links.list", language, lessons=first))
    if not one_folder:
        handouts = {name: f"[{say(f'start_page.{name}', language)}](../{name}.html)" for name in HANDOUTS}
        lines.append(say("links.handouts", language, **handouts))
    return "\n".join(["---", "", *(f"- {line}" for line in lines)])


def all_lessons(language: str, *, one_folder: bool = False) -> str:
    """The table that stands in the first lesson: every later one as a link, with its question and its minutes."""
    rows = [
        f"| [{_numbered(lesson, language)}]({_notebook(lesson, language, one_folder)}) | {question(lesson, language)} "
        f"| {lesson_minutes(lesson)} |"
        for lesson in list(LESSONS)[1:]
    ]
    head = [say(key, language) for key in ("start_page.lesson", "links.question", "effort.minutes")]
    return "\n".join([f"| {' | '.join(head)} |", "|---|---|--:|", *rows])


def question(lesson: str, language: str) -> str:
    """What a lesson asks, in a sentence. Its number may change, so the sentence goes by the rest of its name."""
    return say(f"lessons.{lesson.partition('-')[2]}", language)


def _numbered(lesson: str, language: str) -> str:
    return f"{lesson.partition('-')[0]} · {lesson_title(lesson, language)}"


def _notebook(lesson: str, language: str, one_folder: bool) -> str:
    name = notebook_name(lesson)
    return f"../{lesson}/{in_language(name, language) if one_folder else name}.ipynb"
