"""When a task is due: deadlines of cells, dates of running text, the period of a plan. A small grammar, no library of dates.

The forms it reads are listed in ``docs/deadlines.md``; the words it knows are in ``words.toml``.
"""

from normalizers.deadlines.cells import parse_deadline, undated
from normalizers.deadlines.milestones import find_milestones
from normalizers.deadlines.period import PlanPeriod, plan_period

__all__ = ["PlanPeriod", "find_milestones", "parse_deadline", "plan_period", "undated"]
