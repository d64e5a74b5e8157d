"""Which words of a text changed, in a sentence: not whole texts."""

from __future__ import annotations

from functools import lru_cache

from harvester.messages import _
from harvester.telling.phrases import joined, quoted, words
from harvester.telling.quantities import with_unit
from normalizers.compare import compare
from normalizers.differences import TextChange
from normalizers.records import Derived, Document, Metadata
from normalizers.text.fold import content_hash

MOST_PLACES = 4
"""Changed places that are told one by one; of more, their number."""
LONGEST = 40
"""Characters shown of the words of one place."""
REWRITTEN = 0.7
"""Share of the characters of both texts that changed from which on the new text is told, and not its places."""
SHORT = 36
"""Characters of both texts up to which they are told one beside the other, however much of them changed."""
WHOLE_TEXT = 90
"""Characters shown of a text that was rewritten."""


def _bare(text: str) -> Derived:
    return Derived(Document("", "text", (), text, text), Metadata(), (), content_hash(text))


@lru_cache(maxsize=512)
def changed_words(old: str, new: str) -> tuple[TextChange, ...]:
    """Return the changes of wording between two short texts."""
    return compare(_bare(old), _bare(new)).text_changes


def tell_wording(old: str, new: str, lang: str) -> str:
    """Tell which words of a task's text changed: “A”改为“B”, 增加“C”, 删去“D”."""
    changes = changed_words(old, new)
    if not changes:
        return _("the wording was touched up", lang)
    touched = sum(len(change.old) + len(change.new) for change in changes)
    if touched > REWRITTEN * (len(old) + len(new)) > REWRITTEN * SHORT:
        return _("the text was rewritten as {new}", lang).format(new=quoted(new, WHOLE_TEXT))
    told = joined([word_change(change.op, *with_unit(change, old, new), lang) for change in changes[:MOST_PLACES]], lang)
    if len(changes) > MOST_PLACES:
        return _("in the text, {changes}, and so on: {n} places", lang).format(changes=told, n=len(changes))
    return _("in the text, {changes}", lang).format(changes=told)


def word_change(op: str, old: str, new: str, lang: str, length: int = LONGEST) -> str:
    """Tell one change of words."""
    forms = {
        "replace": _("{old} became {new}", lang),
        "insert": _("{new} was inserted", lang),
        "delete": _("{old} was deleted", lang),
    }
    return forms[op].format(old=words(old, length), new=words(new, length))
