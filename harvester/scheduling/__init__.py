"""When jobs are due, and who does them: plans, due runs, workers, chores."""
