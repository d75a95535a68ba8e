"""Lessons that have another name by now, for work on an earlier version: each with those that its exercises are in.

Exercises have kept their names, and with them points, hints and answers.
"""

FORMER_LESSONS = {
    "9-attention-everywhere": ("9-residual-attention", "10-self-attention"),
    "10-capstone": ("12-capstone",),
}
