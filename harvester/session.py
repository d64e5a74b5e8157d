"""Open the store that a verb works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harvester.config import Config
from harvester.errors import WrongCall
from storage.naming import site_ids
from storage.store import Store


def settings(store: str | None) -> Config:
    """Return the settings with the store named on the command line, if one is."""
    return Config.load(store=store)


@contextmanager
def opened(store: str | None, *, create: bool = False, check: bool = True, patience: float | None = None) -> Iterator[Store]:
    """Give the store that ``--store``, the environment or the settings file names; raises ``StoreError``.

    ``patience``: wait no longer than so many seconds for another process, whatever the settings allow.
    """
    config = settings(store)
    least = config.patience if patience is None else min(patience, config.patience)
    with Store.open(config.store, archive=config.archive, key=config.key, create=create, check=check, patience=least) as found:
        yield found


def check_agency(store: Store, name: str) -> None:
    """Raise ``UnknownRecord``, with the nearest names, for a body that nothing here names; an empty name means every body."""
    if name:
        from harvester.lineage import check_body  # late: the gazetteer, for a question that found nothing

        check_body(store, name)


def check_site(store: Store, site: str) -> None:
    """Raise WrongCall for a site that is neither known nor stored; an empty name means every site."""
    if not site:
        return
    from spiders.sheets import known_sites  # late: most questions are of every site

    if site in known_sites():
        return
    if site not in (names := sorted({*known_sites(), *site_ids(store)})):
        raise WrongCall(f"there is no site {site}; the sites are {', '.join(names)}; see `harvester sites`.")
