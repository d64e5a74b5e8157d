"""What a pass of sending did, in a line, and what an operator should see of it."""

from __future__ import annotations

from harvester.cli.output import complain, console
from harvester.messages import counted
from harvester.sentences import said
from harvester.watching.retrying import Report


def tell(report: Report, forms: tuple[str, str]) -> int:
    """Tell a report, as one of ``forms`` counts it; return the exit status: 1 when something failed, else 0."""
    if report.formed or report.sent or report.postponed or report.given_up:
        told = counted(*forms, report.formed, sent=report.sent, postponed=report.postponed, given_up=report.given_up)
        console().print(told, markup=False)
    for problem in report.problems:
        complain(said(problem))
    return 1 if report.postponed or report.given_up or report.problems else 0
