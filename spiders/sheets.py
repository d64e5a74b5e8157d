"""Every site that is known, whether it publishes documents or records, by its fact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from spiders.factsheet import FactSheet, UnknownSiteError, load_sheet, sheets, site_ids
from spiders.record_sheet import RecordSheet, load_record_sheet, record_sheets, record_site_ids

AnySheet = FactSheet | RecordSheet


def all_sheets() -> list[AnySheet]:
    """Return every fact sheet, by id: the sites of documents, then those of records."""
    return [*sheets(), *record_sheets()]


@cache
def sheets_by_id() -> Mapping[str, AnySheet]:
    """Return every fact sheet by its id, read once: a long list asks for each of its rows."""
    return {sheet.id: sheet for sheet in all_sheets()}


@cache
def known_sites() -> frozenset[str]:
    """Return the ids of all sites, by the names of their fact sheets, none of which is read for that."""
    return frozenset((*site_ids(), *record_site_ids()))


def sheet_of(site: str) -> AnySheet:
    """Return the fact sheet of a site of either kind; :class:`UnknownSiteError` names the sites there are."""
    if site in record_site_ids():
        return load_record_sheet(site)
    if site not in site_ids():
        raise UnknownSiteError(f"there is no site {site}; the sites are {', '.join((*site_ids(), *record_site_ids()))}")
    return load_sheet(site)
