"""What every cause of an incident means in plain words, and what to do next. Chinese: ``locale/zh/messages.po``.

``{site}`` is the name of the site in the first sentence and its id in the second, where it stands in a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NETWORK = frozenset({"dns", "tls", "refused", "connection", "timeout"})
"""Causes between here and a site. Several sites that have one of them at once have one reason, and it is most likely here."""


@dataclass(frozen=True, slots=True)
class Words:
    """``what`` happened, and what to do ``next``: a sentence each."""

    what: str
    next: str


_WAIT = "Nothing needs to be done at once: the next run tries again. If it stays, open the site in a browser and tell its operator."
_CHECK = "See which selectors still match: harvester check {site}. Then look on the site's page at the drift and at the proposed selectors."
_DRIFT = (
    "See what changed in its pages: harvester drift {site}. Then let new selectors be found and proven: harvester drift propose {site}."
)
_LOOK = "Look at the run's page, and at the site in a browser; then harvester plan {site}."

CAUSES: Mapping[str, Words] = {
    # between here and the site
    "dns": Words(
        "The name of {site} leads to no address.",
        "Look whether this machine's name servers answer; if other names work, open the site in a browser: it may have moved.",
    ),
    "tls": Words(
        "No secure connection to {site} could be made: its certificate is not trusted or has run out.",
        "Look at this machine's clock and at the certificate in a browser, then tell the site's operator.",
    ),
    "refused": Words("{site} refuses connections.", _WAIT),
    "connection": Words("The connection to {site} breaks off.", _WAIT),
    "timeout": Words("{site} does not answer in time.", _WAIT),
    # what the site answers
    "challenge": Words(
        "{site} checks its visitors (a captcha or a firewall) and was left alone at once.",
        "Do not crawl it more often. Open the site in a browser; ask its operator to let this program in, or raise pace in its fact sheet.",
    ),
    "robots-refused": Words(
        "The robots.txt of {site} forbids what is to be crawled.",
        "Read its robots.txt; obey it: pause the site (harvester schedule pause {site}) or ask its operator for leave.",
    ),
    "robots-unreadable": Words("The robots.txt of {site} cannot be read, so nothing was crawled.", _WAIT),
    "http-error": Words("{site} answers with server errors.", _WAIT),
    "not-found": Words(
        "Many pages that {site} lists are missing (404).",
        "Open some of them from the run's page: the site may have moved them, and its lists may be behind.",
    ),
    "error-page": Words("{site} answers with an error page that says it is well (status 200).", _WAIT),
    "truncated": Words("Pages of {site} come only in part.", _WAIT),
    "duplicate-page": Words("Pages of a list of {site} repeat each other: its paging is broken.", _LOOK),
    "count-mismatch": Words("{site} states more documents than its lists show.", _LOOK),
    # what its pages are like
    "no-list-container": Words("The lists of {site} are built otherwise than its fact sheet says.", _DRIFT),
    "no-body-container": Words("The articles of {site} are built otherwise than its fact sheet says.", _DRIFT),
    "drift": Words("The pages of {site} are built otherwise than the last good ones. They are still read.", _DRIFT),
    "rules": Words("A selector that used to find something at {site} finds nothing any more.", _DRIFT),
    "charset": Words("{site} sends another charset than it did.", _CHECK),
    "parse": Words("Pages of {site} cannot be read by their parser.", _CHECK),
    "unreadable": Words(
        "Documents of {site} are archived, but no reader can make anything of them.",
        "Look at them from the run's page; a better reader will read them from the archive: harvester derive.",
    ),
    # limits
    "too-large": Words(
        "{site} has more, or larger, pages than its fact sheet allows.",
        "Look at the run's page; if they are right, raise limits in the fact sheet of {site}.",
    ),
    "offsite": Words("Links of {site} lead to other hosts.", "Look where they lead; if that is the site's own host, add it to its hosts."),
    "private-address": Words(
        "{site} leads into a private network.",
        "Look whether this machine's name servers tell the truth; nothing was requested there.",
    ),
    "stopped": Words("The crawl of {site} was stopped before its end.", "Look at the run's page for the reason; the next run goes on."),
    # promises
    "few-items": Words("{site} lists fewer documents than promised or than usual.", _LOOK),
    "fill": Words("Fields of what {site} publishes are empty more often than promised or usual.", _CHECK),
    "requests": Words("{site} takes more requests for a document than promised.", _LOOK),
    "quiet": Words(
        "{site} has published nothing new for longer than promised.",
        "Open its lists in a browser: if there is something new, see harvester check {site}; if not, snooze it.",
    ),
    "headings": Words(
        "Tables of {site} have headings that nobody knows yet.",
        "Look at them on the run's page and add them to the table of headings, then harvester derive.",
    ),
    "cells": Words("Cells of tables of tasks of {site} belong to no known column.", "Look at the documents on the run's page."),
    "ledger": Words("More of the lists of {site} is out of reach than usual.", _LOOK),
    # ours
    "store": Words(
        "The store could not take what came from {site}.",
        "Look whether the disk is full and the database runs: harvester db verify.",
    ),
    "killed": Words(
        "The process that crawled {site} ended before its run did.",
        "Look at this machine's log (out of memory, a restart); the next run goes on: harvester schedule run {site}.",
    ),
    "stale": Words(
        "{site} was not had whole for longer than promised.",
        "Look at its last runs: harvester runs --site {site}; then harvester schedule run {site}.",
    ),
    "missed": Words(
        "Runs of {site} that were due did not take place.",
        "Look whether a worker runs and is not overloaded: harvester schedule list.",
    ),
    "no-worker": Words(
        "No worker was heard of: nothing is crawled.",
        "Start one: harvester worker (or systemctl start harvester-worker), and look at its log.",
    ),
    "disk": Words(
        "The disk of the archive or the database is nearly full.",
        "Make room or move the archive before it is full: a crawl that cannot write ends.",
    ),
    "integrity": Words(
        "The check of the archive against the store found something wrong.",
        "See what: harvester db verify. Then bring back the damaged file from the backup.",
    ),
    "watch": Words(
        "Messages of watches were given up.",
        "See which: harvester watch deliveries --state given-up; mend the channel, then harvester watch retry ID.",
    ),
}  # fmt: skip
TEMPLATE = frozenset(cause for cause, words in CAUSES.items() if words.next == _DRIFT)
"""Causes that selectors can mend."""
PROVEN = "Proven selectors wait to be accepted: look at them on the site's page, or accept them with harvester drift accept {site} --all."
"""What to do next of those where selectors were found already, and hold on the archive."""
UNKNOWN = Words("Something is wrong with {site} ({cause}).", _LOOK)
