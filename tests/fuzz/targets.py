"""Every target, by name."""

from __future__ import annotations

from tests.fuzz import of_asking, of_documents, of_sites, of_store, of_words
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    each.name: each for module in (of_documents, of_sites, of_words, of_store, of_asking) for each in module.TARGETS
}
