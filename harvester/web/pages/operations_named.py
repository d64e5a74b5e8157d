"""What measures of a run and promises of a fact sheet are called, in both languages; no key of the store is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from harvester.messages import _
from harvester.sentences.blanks import field_in_words
from harvester.web.shown import word


def called(name: str, lang: str) -> str:
    """Return what a measure is called: its own words, and what of; of one that this program does not know its key."""
    first, _dot, rest = name.partition(".")
    own = _measures(lang).get(first) or word(first, lang)
    return own + (_(": ", lang) + _of(first, rest, lang) if rest else "")


def _of(measure: str, rest: str, lang: str) -> str:
    if measure == "rules":
        field, _space, expression = rest.partition(" ")
        return f"{field_in_words(field, lang)} {expression}"
    return rest if measure == "charsets" else word(rest, lang)


def _measures(lang: str) -> Mapping[str, str]:
    return {
        "article": _("article pages read", lang),
        "attachment": _("attached files read", lang),
        "bytes": _("bytes", lang),
        "captures": _("pages and files had", lang),
        "cells": _("share of cells that belong to no task", lang),
        "changed": _("documents that changed", lang),
        "charsets": _("pages by charset", lang),
        "dead": _("share of dead links", lang),
        "dead_links": _("share of dead links", lang),
        "drift": _("drift", lang),
        "failures": _("failures", lang),
        "fill": _("share filled", lang),
        "gaps": _("gaps of its lists", lang),
        "headings": _("share of unknown labels", lang),
        "items": _("entries listed", lang),
        "items_stated": _("entries that the site says it has", lang),
        "labels_seen": _("labels seen", lang),
        "labels_unknown": _("unknown labels", lang),
        "list": _("list pages read", lang),
        "list_failures": _("list pages that failed", lang),
        "longest_silence": _("longest silence in working days", lang),
        "new": _("new documents", lang),
        "novelty": _("how new its template is", lang),
        "pages": _("list pages had", lang),
        "pages_stated": _("list pages that the site says it has", lang),
        "passing": _("failures that may pass", lang),
        "requests": _("requests", lang),
        "requests_per_capture": _("requests for a page or file", lang),
        "rules": _("found by the selector", lang),
        "seconds": _("seconds waited for answers", lang),
        "unchanged": _("documents that did not change", lang),
        "unreachable": _("entries out of reach", lang),
        "unreachable_share": _("share of entries out of reach", lang),
    }
