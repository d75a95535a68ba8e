"""The student's side of a check: measure an answer, judge the measurement, explain the verdict."""
