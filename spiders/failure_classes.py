"""What kind of failure a cause is: one of a few classes, each with its own person to call."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from spiders.items import Cause


class FailureClass(StrEnum):
    """Kinds of failures, from the network to the store.

    ``dns``, ``tls``, ``refused``, ``connection`` and ``timeout`` are between here and the site; ``challenge``, ``robots`` and ``status``
    are the site's answer; ``truncated`` is half a page or half a list; ``template`` a page that is built otherwise than the fact sheet
    says, ``parse`` one that tripped its reader; ``store`` is ours. ``limits`` is what a crawl may not do or have, ``stopped`` what it was
    kept from. ``promise`` is a run that ended well and had less than its site promises, ``work`` what no run shows.
    """

    DNS = "dns"
    TLS = "tls"
    REFUSED = "refused"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    CHALLENGE = "challenge"
    ROBOTS = "robots"
    STATUS = "status"
    TRUNCATED = "truncated"
    TEMPLATE = "template"
    PARSE = "parse"
    STORE = "store"
    LIMITS = "limits"
    STOPPED = "stopped"
    PROMISE = "promise"
    WORK = "work"


_CLASSES: Mapping[str, FailureClass] = {
    Cause.DNS: FailureClass.DNS,
    Cause.TLS: FailureClass.TLS,
    Cause.REFUSED: FailureClass.REFUSED,
    Cause.CONNECTION: FailureClass.CONNECTION,
    Cause.TIMEOUT: FailureClass.TIMEOUT,
    Cause.CHALLENGE: FailureClass.CHALLENGE,
    Cause.ROBOTS_REFUSED: FailureClass.ROBOTS,
    Cause.ROBOTS_UNREADABLE: FailureClass.ROBOTS,
    Cause.HTTP_ERROR: FailureClass.STATUS,
    Cause.NOT_FOUND: FailureClass.STATUS,
    Cause.ERROR_PAGE: FailureClass.STATUS,
    Cause.TRUNCATED: FailureClass.TRUNCATED,
    Cause.DUPLICATE_PAGE: FailureClass.TRUNCATED,
    Cause.COUNT_MISMATCH: FailureClass.TRUNCATED,
    Cause.NO_LIST: FailureClass.TEMPLATE,
    Cause.NO_BODY: FailureClass.TEMPLATE,
    Cause.PARSE: FailureClass.PARSE,
    Cause.UNREADABLE: FailureClass.PARSE,
    Cause.TOO_LARGE: FailureClass.LIMITS,
    Cause.OFFSITE: FailureClass.LIMITS,
    Cause.PRIVATE_ADDRESS: FailureClass.LIMITS,
    Cause.STOPPED: FailureClass.STOPPED,
    "killed": FailureClass.STOPPED,
    "store": FailureClass.STORE,
    "drift": FailureClass.TEMPLATE,
    "rules": FailureClass.TEMPLATE,
    **dict.fromkeys(("stale", "missed", "no-worker", "disk", "integrity", "watch"), FailureClass.WORK),
}


def failure_class(cause: str) -> FailureClass:
    """Return the class of a cause of failures, runs or incidents; a word of none of these is that of a promise."""
    return _CLASSES.get(cause, FailureClass.PROMISE)
