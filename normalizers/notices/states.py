"""The state of a record: what it is printed as, and whether the source itself ended it."""

from __future__ import annotations

from normalizers.notices.gather import ENDINGS, Gathered
from normalizers.notices.records import NoticeKind
from normalizers.notices.tables import table, words


def read_status(found: Gathered) -> str:
    """Return the printed state in words; numbers are told by the edition of the standard that the record's other fields belong to."""
    texts: list[str] = []
    for given in found.given("status"):
        text = _worded(found, given.text) if given.text.isdigit() else given.text
        texts.append(text)
    return "；".join(dict.fromkeys(texts))


def _worded(found: Gathered, code: str) -> str:
    """Return what a state printed as a number means; the number itself, with a defect, where the edition can't be told."""
    meant = table("states").get(edition(found), {}).get(code, "")
    if not meant:
        found.defect("status-unclear", "status", f"Printed is {code[:8]}.")
    return str(meant) or code


def edition(found: Gathered) -> str:
    """Return the edition of the national standard whose fields the record has: ``2015``, ``2018``, or empty where both or neither do."""
    having = {year for year, keys in table("editions").items() if found.keys & set(keys)}
    return having.pop() if len(having) == 1 else ""


def note_end(found: Gathered, kind: NoticeKind, status: str, *, removed: bool) -> None:
    """Note ``ended-at-source`` for a record whose own fields say that it was withdrawn, removed or repaired.

    What a repair or withdrawal says of an end is not its own.
    """
    if kind in ENDINGS:
        return
    for given in found.given("is_removed"):
        if given.text.lower() in words("yes"):
            found.defect("ended-at-source", "is_removed", f"Printed is {given.text}.")
        elif given.text.lower() not in words("no"):
            found.keep("is_removed", [given.text])
    if says_ended(status):
        found.defect("ended-at-source", "status", f"Its state is {status[:60]}.")
    if removed:
        found.defect("ended-at-source", "removed_on", "A day of removal is printed.")
    if found.given("removal_reason"):
        found.defect("ended-at-source", "removal_reason", "A reason for its removal is printed.")


def says_ended(status: str) -> bool:
    """Tell whether a state in words says that the record was ended, and no word beside it that this is only asked for or refused."""
    return any(word in status for word in words("ended")) and not any(word in status for word in words("not_ended"))
