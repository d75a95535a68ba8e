"""Tags of cells, apart from what makes notebooks: a grader reads them without importing nbgrader."""

EXPERIMENT_TAG = "experiment"
