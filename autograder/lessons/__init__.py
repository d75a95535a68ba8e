"""What a lesson is: its master, the notebooks made of it, and the reference answers in it."""
