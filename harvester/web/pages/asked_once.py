"""What the question of a page may not ask, told as the API tells it: a filter given twice, a site nobody knows, a day that lies ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from starlette.datastructures import QueryParams

from harvester import audited
from harvester.errors import WrongCall
from harvester.messages import _
from spiders.sheets import all_sheets
from storage.schema import sites
from storage.store import Store


def check_once(query: Mapping[str, str], names: Iterable[str], lang: str) -> None:
    """Raise ``WrongCall`` for a filter of one value that an address gives more than once: a page would answer for one of them only."""
    given = query.getlist if isinstance(query, QueryParams) else lambda name: [query.get(name, "")]
    for name in names:
        if len([value for value in given(name) if value.strip()]) > 1:
            raise WrongCall(_("`{name}` stands in the address more than once; give it once.", lang).format(name=name))


def check_site(store: Store, site: str, lang: str) -> None:
    """Raise ``WrongCall`` for a site that neither the store nor the program knows: nothing found would not be the answer."""
    if not site or any(sheet.id == site for sheet in all_sheets()):
        return
    with store.reading() as connection:
        if connection.execute(select(sites.c.id).where(sites.c.id == site)).first() is None:
            raise WrongCall(_("There is no site {site} here; choose one of the list.", lang).format(site=site))


def check_day(day: date | None, lang: str) -> None:
    """Raise ``WrongCall`` for a day after today in Shanghai: an address of it would not stay what it is."""
    today = audited.today()
    if day is not None and day > today:
        told = _("{day} lies ahead of today ({today}): nobody knows yet what will be said then. Write today or a day before.", lang)
        raise WrongCall(told.format(day=day, today=today))


def check_written_day(at: str, lang: str) -> None:
    """Raise ``WrongCall`` for a day in an address (``@2026-06-30``) that lies ahead; a version's number and what is no day pass."""
    try:
        check_day(date.fromisoformat(at) if "-" in at else None, lang)
    except ValueError:
        return  # told where the version is looked up
