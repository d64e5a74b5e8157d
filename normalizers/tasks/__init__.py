"""Tasks: what a plan marks to be done, by whom and by when. The rules are in ``docs/tasks.md``."""

from normalizers.tasks.extract import extract_tasks

__all__ = ["extract_tasks"]
