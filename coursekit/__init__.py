"""What the lessons import: data, models, plots, widgets and progress."""
