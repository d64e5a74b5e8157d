"""A comparison as one HTML page that needs nothing else: no script, no request, printable on A4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from harvester.comparing import Compared, Side
from harvester.messages import _, counted
from harvester.reports.pieces import visible
from harvester.reports.rows import Row, report_of
from harvester.telling.remarks import remarks
from harvester.telling.terminal import summary, version_words
from storage.days import LOCAL

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that follow one another and are shown, or folded, together; ``headed`` are those above which headings are shown."""

    number: int
    folded: bool
    rows: tuple[Row, ...]
    headed: frozenset[str] = frozenset()


def comparison_page(compared: Compared, lang: str, *, everything: bool = False) -> str:
    """Return a comparison as an HTML page in ``lang`` (``zh`` or ``en``); ``everything`` opens what did not change at the beginning.

    Everything that comes from the documents is escaped; control characters and marks of direction are written out.
    """
    environment = Environment(
        loader=PackageLoader("harvester"), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(_=partial(_, lang=lang), counted=partial(counted, lang=lang))
    environment.filters["visible"] = visible
    report = report_of(compared, lang)
    return environment.get_template("comparison.html").render(
        lang=LANGUAGE_TAGS[lang],
        title=_("Comparison: {old} → {new}", lang).format(old=_named(compared.old), new=_named(compared.new)),
        sides=(
            (_("Old", lang), compared.old, version_words(compared.old, lang)),
            (_("New", lang), compared.new, version_words(compared.new, lang)),
        ),
        identical=compared.comparison.identical,
        summary=summary(compared, lang),
        notes=remarks(compared.comparison, lang),
        report=report,
        stretches=tuple(stretches(report.rows)),
        everything=everything,
        made=f"{datetime.now(LOCAL):%Y-%m-%d %H:%M UTC%z}",
    )


def stretches(rows: tuple[Row, ...]) -> list[Stretch]:
    """Return rows in stretches: changed ones shown, with the headings above them where these are other ones, the rest folded."""
    groups = ((not changed, tuple(some)) for changed, some in groupby(rows, key=lambda row: row.changed))
    headed = _headed(rows)
    return [Stretch(number, folded, some, headed) for number, (folded, some) in enumerate(groups, start=1)]


def _headed(rows: Iterable[Row]) -> frozenset[str]:
    shown, headed = "", []
    for row in rows:
        if row.changed and row.path and row.path != shown:
            headed.append(row.anchor)
            shown = row.path
    return frozenset(headed)


def _named(side: Side) -> str:
    return side.title or side.name
