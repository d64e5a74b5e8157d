"""Every target, by name."""

from __future__ import annotations

from tests.fuzz import of_documents, of_sites, of_store, of_words
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {each.name: each for each in (*of_documents.TARGETS, *of_sites.TARGETS, *of_words.TARGETS, *of_store.TARGETS)}
