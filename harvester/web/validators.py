"""Validators and codings of answers, and who may keep them (RFC 9110 §8.4, 8.8; RFC 9111).

Entity tags are strong: they change whenever an answer may, and are known without the answer.
A tag is a digest of the question, the state of the store, the day in Shanghai (terms of public records end at midnight), the role of who
asks, and the program. It may change where the answer stays the same; the other way round would be a fault.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Request

from harvester import audited
from harvester.config import PROGRAM
from harvester.values import to_json
from harvester.web.room import person_of, store_of

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
CODINGS = ("-gz",)
"""What is put behind a tag for an answer in another coding: its bytes are others, what it says is not."""
PRIVATE = "private, no-cache"
"""Keep it, but ask before it is used again: who asks decides what is shown."""
NOWHERE = "no-store"
"""Of answers that hold public records: one may go at any moment, and no copy may stay."""
_SOURCES = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Validators:
    """The tag of an answer, without quotes, and when the store was last written to."""

    tag: str
    written_at: datetime | None

    def held(self, request: Request) -> str:
        """Return the tag by which who asks holds this answer already (If-None-Match, RFC 9110 §13.1.2), empty where they do not."""
        given = ",".join(request.headers.getlist("if-none-match"))
        if given.strip() == "*":
            return f'"{self.tag}"'
        return next((f'"{tag}"' for tag in _TAG.findall(given) if _bare(tag) == self.tag), "")

    @property
    def modified(self) -> str:
        """The last write as HTTP has it, empty where there was none."""
        return format_datetime(self.written_at.astimezone(UTC), usegmt=True) if self.written_at else ""


def of(request: Request, question: Any) -> Validators:  # noqa: ANN401 -- anything that JSON can hold
    """Return the validators of the answer to a question, read before the answer is: what is written meanwhile makes them old, not wrong."""
    state = store_of(request).state()
    said = [
        request.url.path,
        request.query_params.multi_items(),
        question,
        state.writes,
        audited.today(),
        person_of(request).role.name,
        program(),
    ]
    return Validators(hashlib.sha256(to_json(said, indent=None).encode("utf-8", "replace")).hexdigest()[:32], state.written_at)


@cache
def program() -> str:
    """Return what tells this program from another one: its version, and the sizes and times of its modules."""
    modules = (path for part in ("harvester", "storage", "normalizers", "spiders") for path in (_SOURCES / part).rglob("*.py"))
    seen = sorted(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in modules)
    return f"{version(PROGRAM)} {hashlib.sha256(''.join(seen).encode()).hexdigest()[:16]}"


def _bare(tag: str) -> str:
    return next((tag.removesuffix(coding) for coding in CODINGS if tag.endswith(coding)), tag)


def takes_gzip(request: Request) -> bool:
    """Tell whether who asks takes gzip (RFC 9110 §12.5.3)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        coding, _, rest = part.strip().partition(";")
        if coding.strip().lower() in ("gzip", "x-gzip", "*"):
            return rest.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
