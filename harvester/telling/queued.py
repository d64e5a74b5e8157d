"""What the queue says of a row, in the reader's language: programs have it in fixed English words."""

from __future__ import annotations

import re

from harvester.messages import _
from harvester.review import Kind
from harvester.sentences import said
from harvester.sentences.readers import sentence

CALLED = {
    Kind.MENTION.value: "Bodies not resolved",
    Kind.DEADLINE.value: "Deadlines without a date",
    Kind.UNREAD.value: "Documents not read",
    Kind.WARNING.value: "Warnings of readers",
    Kind.DAMAGE.value: "Damaged places",
    Kind.SUGGESTION.value: "Likely slips",
    "tie": "Texts that belong together",
    "ending": "Endings that may mean several records",
}
"""What the kinds of the queue are called, on its page and on the overview."""
_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z0-9])")
_DAMAGE = re.compile(r"(?P<kind>\S{1,40}): (?P<left>[0-9]{1,9}) left, (?P<guessed>[0-9]{1,9}) guessed")
_REASON = re.compile(r" \((?P<reason>[^;]{1,300})\)(?=; |$)")


def detail_told(kind: str, detail: str, lang: str) -> str:
    """Return the detail of a row of a kind of the queue."""
    if kind == Kind.MENTION:
        return _(detail, lang) if detail else ""
    if kind == Kind.DAMAGE:
        return _(", ", lang).join(_damage(one, lang) for one in detail.split("; "))
    if kind == Kind.SUGGESTION:
        return _REASON.sub(lambda found: _(" ({why})", lang).format(why=sentence(found["reason"], lang)), detail)
    return " ".join(_of_reader(one, lang) for one in _SENTENCE_END.split(detail))


def _of_reader(one: str, lang: str) -> str:
    """Return what a reader said, of what it read or why it did not; its remarks come first: they are known more closely."""
    told = sentence(one, lang)
    return told if told != one else said(one, lang)


def _damage(told: str, lang: str) -> str:
    found = _DAMAGE.fullmatch(told)
    if found is None:
        return told
    return _("{kind}: {left} left, {guessed} guessed", lang).format(**found.groupdict() | {"kind": _(found["kind"], lang)})
