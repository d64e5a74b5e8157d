"""How new the template of a section is: good pages of a run against every page that was seen before it, good or bad.

A page like one that was bad before is no news: the incident of that was told, and its selectors were mended since. A page may be odd by
itself, so of articles the least odd of several counts. Where proposals were accepted a short while ago, somebody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from harvester.monitoring.specimens import nearest
from storage import proposals, specimens
from storage.specimens import Specimen
from storage.store import Store

KNOWN_FOR = timedelta(days=7)
"""So long after proposals of a section were accepted its pages may look as they like: those of the old template come up one by one."""
LEAST = {"list": 1, "article": 2}
"""Pages of a new shape that a template is told by."""


def novelty(store: Store, site: str, section: str, run: str, now: datetime) -> float | None:
    """Return how far the new shapes of a run's good pages are from all that was seen before, 0 to 1; ``None`` for a first run."""
    held = specimens.of_site(store, site, section)
    before = [each for each in held if each.run < run]
    if not any(each.good for each in before):
        return None
    mended_at = proposals.last_accepted(store, site, section)
    if mended_at and now - mended_at < KNOWN_FOR:
        return 0.0
    return max(_of_kind([each for each in held if each.run == run and each.good], before, kind) for kind in LEAST)


def _of_kind(own: Sequence[Specimen], before: Sequence[Specimen], kind: str) -> float:
    mine, known = [each for each in own if each.kind == kind], [each for each in before if each.kind == kind]
    return min(nearest(each, known) for each in mine) if known and len(mine) >= LEAST[kind] else 0.0
