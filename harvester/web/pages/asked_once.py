"""What the question of a page may not ask, told as the API tells it: a filter given twice, a site nobody knows, a day that lies ahead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import Depends, Request
from sqlalchemy import select
from starlette.datastructures import QueryParams

from harvester.errors import WrongCall
from harvester.messages import _
from harvester.moments import minute
from harvester.web.access.subscriptions import PARAMETER
from harvester.web.shown import PREFERENCES, preference
from spiders.sheets import known_sites
from storage.days import AHEAD, ahead
from storage.schema import sites
from storage.store import Store

_PASSED = re.compile(r"(?i)utm_\w+|spm|from|isappinstalled|nsukey|fbclid|gclid|msclkid")
"""What mail programs, messengers and counters hang on an address that is passed on."""


def check_once(query: Mapping[str, str], names: Iterable[str], lang: str) -> None:
    """Raise ``WrongCall`` for a filter of one value that an address gives more than once: a page would answer for one of them only."""
    given = query.getlist if isinstance(query, QueryParams) else lambda name: [query.get(name, "")]
    for name in names:
        if len([value for value in given(name) if value.strip()]) > 1:
            raise twice(name, lang)


def twice(name: str, lang: str) -> WrongCall:
    """Return what tells that a filter is given more than once."""
    return WrongCall(_("`{name}` stands in the address more than once; give it once.", lang).format(name=name))


def asks(*names: str) -> Any:  # noqa: ANN401 -- what FastAPI calls a dependency
    """Return the dependency of routes that read these filters beside the parameters they declare: ``check_known``."""

    async def known(request: Request) -> None:
        check_known(request, names)

    return Depends(known)


def check_known(request: Request, names: Sequence[str]) -> None:
    """Raise ``WrongCall`` for a parameter that a route does not know: without it the answer would be one to another question.

    A reader's choices, the key of a subscription and what others hang on shared addresses (``_PASSED``) mean nothing to it and pass.
    """
    lang = preference(request, "lang")
    known = tuple(dict.fromkeys((*names, *(field.alias for field in request.scope["route"].dependant.query_params))))
    passed = {*PREFERENCES, PARAMETER}
    unknown = [name for name in request.query_params if name not in known and name not in passed and not _PASSED.fullmatch(name)]
    if unknown:
        told = _("There is no filter {unknown} here; there are: {known}.", lang)
        listed = _(", ", lang)
        raise WrongCall(told.format(unknown=listed.join(f"`{name[:40]}`" for name in unknown[:3]), known=listed.join(known)))


def check_site(store: Store, site: str, lang: str) -> None:
    """Raise ``WrongCall`` for a site that neither the store nor the program knows: nothing found would not be the answer."""
    if not site or site in known_sites():
        return
    with store.reading() as connection:
        if connection.execute(select(sites.c.id).where(sites.c.id == site)).first() is None:
            raise WrongCall(_("There is no site {site} here; choose one of the list.", lang).format(site=site))


def check_day(day: date | None, lang: str) -> None:
    """Raise ``WrongCall`` for a day after today in Shanghai: an address of it would not stay what it is."""
    if day is not None and (today := ahead(day)):
        raise WrongCall(_(AHEAD, lang).format(day=day, today=today))


def check_moment(moment: datetime, lang: str) -> None:
    """Raise ``WrongCall`` for a moment that lies ahead, in the same words; of today its end may be asked for."""
    if today := ahead(moment):
        raise WrongCall(_(AHEAD, lang).format(day=minute(moment), today=today))


def check_written_day(at: str, lang: str) -> None:
    """Raise ``WrongCall`` for a day in an address (``@2026-06-30``) that lies ahead; a version's number and what is no day pass."""
    try:
        check_day(date.fromisoformat(at) if "-" in at else None, lang)
    except ValueError:
        return  # told where the version is looked up
