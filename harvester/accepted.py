"""The rules that operators accepted beside the fact sheets, read from the store: every crawl on every host has them from there."""

from __future__ import annotations

from harvester.config import Config
from storage.errors import MissingStore, OldStore
from storage.proposals import accepted_rules
from storage.store import Store


def rules_for(config: Config) -> dict[str, list[dict[str, str]]]:
    """Return the accepted rules by site; none where there is no store yet, or one that is still to be upgraded. Raises StoreError."""
    try:
        with Store.open(config.store, patience=config.patience) as store:
            return accepted_rules(store)
    except (MissingStore, OldStore):
        return {}
