"""What may be kept of a captured document: the capture as it goes into the archive, and when an unreadable one is not kept at all."""

from __future__ import annotations

import re
from dataclasses import replace

from normalizers.intake import Form, Intake
from normalizers.notices.list_words import said
from spiders.items import Capture

KEPT = "X-Harvester-Kept"
"""Header of an archived response that is not as it came: ``masked`` (in its own bytes) or ``rendition`` (what is left of the document)."""
_OF_THE_BYTES = frozenset({"content-type", "content-length", "content-encoding", "transfer-encoding", "content-md5", "digest"})
_VALIDATORS = frozenset({"etag", "last-modified"})
_SUSPECT = re.compile(r"名单|处罚|公示|身份|个人|自然人|人员")


def kept(capture: Capture, taken: Intake) -> Capture:
    """Return a capture with what may be archived of it.

    A rendition is no page of its site: it is asked for in full the next time, so it keeps no validators.
    """
    return kept_as(replace(capture, body=taken.payload), taken.form, taken.media_type)


def kept_as(capture: Capture, form: Form, media_type: str) -> Capture:
    """Return a capture whose body is kept in a form, with the headers that hold for it."""
    if form is Form.RAW:
        return capture
    gone = _OF_THE_BYTES | _VALIDATORS if form is Form.RENDITION else frozenset[str]()
    headers = tuple((name, value) for name, value in capture.headers if name.lower() not in gone)
    if form is Form.RENDITION:
        headers += (("Content-Type", f"{media_type}; charset=utf-8"),)
    return replace(capture, headers=(*headers, (KEPT, str(form))))


def may_hold_records(*titles: str) -> bool:
    """Tell whether titles speak of lists, penalties or persons: a file under them that cannot be read cannot be masked, and is not kept."""
    return any(_SUSPECT.search(title) or any(words.pattern.search(title) for words in said("subjects")) for title in titles)
