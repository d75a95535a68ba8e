"""The instructor's side: run a class's submissions, judge what was measured, record it in nbgrader's gradebook."""
