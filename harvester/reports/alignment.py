"""Papers beside one another as one HTML page that needs nothing else: no script, no request, printable across A4."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from harvester import aligning
from harvester.messages import _
from harvester.reports.pieces import visible
from storage.days import LOCAL

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


def alignment_page(alignment: aligning.Alignment, lang: str) -> str:
    """Return an alignment as an HTML page in ``lang`` (``zh`` or ``en``).

    Everything that comes from the papers is escaped; control characters and marks of direction are written out.
    """
    environment = Environment(
        loader=PackageLoader("harvester"), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {
        "_": partial(_, lang=lang),
        "number": aligning.number,
        "deadline": aligning.deadline,
        "bodies": partial(aligning.bodies, lang=lang),
        "why": partial(aligning.why, lang=lang),
    }
    environment.filters["visible"] = visible
    return environment.get_template("alignment.html").render(
        lang=LANGUAGE_TAGS[lang],
        papers=alignment.papers,
        rows=alignment.rows,
        summary=aligning.summary(alignment, lang),
        made=f"{datetime.now(LOCAL):%Y-%m-%d %H:%M}",
    )
