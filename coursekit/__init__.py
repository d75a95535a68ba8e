"""What the lessons import: data, trained weights, models, figures, live demos, training and experiments."""
