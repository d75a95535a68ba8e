"""nbgrader's settings for this course: its folders, and the engine that grades.

Add your own below, for example late penalties.
"""

from autograder.grading.config import configure, refresh_sources

c = get_config()  # noqa: F821  nbgrader provides it
configure(c)
refresh_sources()
