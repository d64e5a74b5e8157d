"""What a worker says while it works: a line an event, for people on standard output, or as objects of the log for programs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from harvester.cli.output import console
from harvester.config import Config
from harvester.messages import _, counted, listed
from harvester.moments import minute
from harvester.scheduling.due import Outcome, TakenOver
from harvester.scheduling.plan import CRAWL, Job
from harvester.scheduling.words import state_in_words
from harvester.sentences import said
from harvester.values import printable
from spiders.schedule import ZONE
from storage.due_runs import DueRun
from storage.mending import Mended

SHOWN = 3
log = logging.getLogger("harvester.worker")


class Lines:
    """Says what a worker does; ``failed`` counts the due runs that failed, ``count`` those begun but for the look at watches."""

    def __init__(self, config: Config) -> None:
        self.as_objects = config.log_format == "json"
        self.failed = 0
        self.count = 0
        self.watched = False
        self._trouble = ""

    def say(self, sentence: str, level: int = logging.INFO) -> None:
        """Say a sentence, with the time of day at the sites."""
        if self.as_objects:
            log.log(level, sentence)
            return
        at = datetime.now(UTC).astimezone(ZONE)
        console().print(f"{at:%m-%d %H:%M:%S}  {printable(sentence)}", markup=False, soft_wrap=True)

    def started(self, worker: str, every: list[Job], following: Mapping[str, datetime], side_by_side: int) -> None:
        """Say that the worker is there, and what is due next."""
        crawls = [job for job in every if job.kind == CRAWL]
        counts = (
            counted("{n} site", "{n} sites", len(crawls)),
            counted("{n} chore", "{n} chores", len(every) - len(crawls)),
            counted("{n} job at a time", "{n} jobs at a time", side_by_side),
        )
        self.say(_("worker {id}: {what}").format(id=worker, what=_(", ").join(counts)))
        ahead = sorted((moment, job.name) for job in every if (moment := following.get(job.name)))
        if ahead:
            told = listed(f"{name} {minute(moment)}" for moment, name in ahead[:SHOWN])
            self.say(_("next: {jobs}; now: `harvester schedule run SITE`").format(jobs=told))

    def mended(self, mended: Mended, taken: list[TakenOver]) -> None:
        """Say what was mended of what killed processes left."""
        for sentence in mended_in_words(mended):
            self.say(sentence)
        for each in taken:
            told = _("taken over from {worker}, which is no more: {job}, {state}, attempt {attempts}")
            self.say(told.format(worker=each.worker, job=each.job, state=state_in_words(each.state), attempts=each.attempts))

    def begun(self, due: DueRun) -> None:
        """Say that a due run is begun."""
        if quiet(due):
            self.watched = True
        else:
            self.count += 1
            self.say(_("{job} begins, due {moment}").format(job=due.job, moment=minute(due.due_at)))

    def ended(self, due: DueRun, outcome: Outcome, state: str) -> None:
        """Say what became of a due run."""
        self.failed += state == "failed"
        if quiet(due) and state == "done" and not outcome.note:
            return
        level = logging.WARNING if state == "failed" else logging.INFO
        told = f"{due.job}{_(': ')}{state_in_words(state) if state else _('another worker has it')}"
        self.say(f"{told}{_('; ')}{said(outcome.note)}" if outcome.note else told, level)

    def total(self) -> str:
        """Return what was done in one pass; the look at watches is named and not counted."""
        told = counted("{n} due run was begun", "{n} due runs were begun", self.count)
        return told + (_("; ") + _("watches were looked at") if self.watched else "")

    def trouble(self, sentence: str) -> None:
        """Say what keeps the worker from working, once as long as it is the same."""
        if sentence != self._trouble:
            self._trouble = sentence
            self.say(said(sentence), logging.WARNING)

    def stopping(self, doing: list[str]) -> None:
        """Say what ends with the worker."""
        self.say(_("ending: {jobs} will be due again").format(jobs=listed(doing)))


def quiet(due: DueRun) -> bool:
    """Tell whether a due run is not worth a line by itself: every few minutes watches have nothing to tell."""
    return due.job == "watch"


def mended_in_words(mended: Mended) -> list[str]:
    """Return in sentences what was mended of what killed processes left."""
    told = _("mended: the run {run} of {site} was killed and is marked so")
    sentences = [told.format(run=run, site=site) for run, site in mended.runs]
    if mended.cut:
        cut = (
            "mended: {n} byte of half-written records was cut off the archive",
            "mended: {n} bytes of half-written records were cut off the archive",
        )
        sentences.append(counted(*cut, mended.cut))
    return sentences
