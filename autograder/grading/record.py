"""Recording verdicts in nbgrader's gradebook."""

from typing import Any

from nbgrader.preprocessors import SaveAutoGrades


class SaveVerdicts(SaveAutoGrades):
    """Saves the points of the verdicts, where nbgrader would guess them from what the cells printed."""

    def _add_score(self, cell: Any, resources: dict) -> None:
        """Save the points of one check. A manual score stays, and asks to be looked at again."""
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        verdict = resources["verdicts"].get(grade_id)
        grade.auto_score = verdict.points if verdict else 0
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()
