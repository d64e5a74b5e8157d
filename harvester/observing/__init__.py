"""What can be seen of the work while it goes on: the log of a run, log lines, metrics."""
