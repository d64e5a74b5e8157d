"""Incidents in plain words: what happened, and what to do next."""

from __future__ import annotations

from harvester.alerting.causes import CAUSES, PROVEN, TEMPLATE, UNKNOWN
from harvester.messages import _


def plainly(cause: str, name: str, lang: str = "") -> str:
    """Return what a cause means for a site by its ``name`` (empty: the work itself), in one sentence."""
    words = CAUSES.get(cause, UNKNOWN)
    return _(words.what, lang).format(site=name or _("the work itself", lang), cause=cause)


def next_step(cause: str, site: str, lang: str = "", *, proven: bool = False) -> str:
    """Return what to do next, with the command where there is one; ``site`` is the id (empty: the work itself).

    ``proven``: proposals for the site that hold on the archive wait to be accepted.
    """
    words = PROVEN if proven and cause in TEMPLATE else CAUSES.get(cause, UNKNOWN).next
    told = _(words, lang).format(site=site, cause=cause)
    return " ".join(told.split()) if site else told.replace(" .", ".").rstrip()
