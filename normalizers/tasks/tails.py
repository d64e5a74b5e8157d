"""Items that end in their roles without brackets: in a label (……。责任单位：A、B) or in a sentence (……。由A牵头，B配合。)."""

from __future__ import annotations

import re

from normalizers.tasks.brackets import MIN_ITEM, Unit
from normalizers.tasks.role_lines import MAX_ROLE_LINE, duty, role_line
from normalizers.tasks.roles import inline_label
from normalizers.tasks.sections import is_article, split_number
from normalizers.tasks.walk import Line, Walk

_MAX_TAILED = 5_000
"""Characters of an item that may end in a sentence of roles."""
_MAX_CLAUSES = 6
_LAST_CLAUSE = re.compile(r"[。；;！!](?=.)|[，,](?=由)")
_WHO = re.compile(r"牵头|配合|负责|参[与加]|协[助办]|分工|职责")
_TAIL_START = re.compile(r"[。；;！!）)”，,]\s*$|\s$|[—–]{1,3}\s*$")


def label_tail(line: Line, walk: Walk) -> list[Unit]:
    """Return the unit of a paragraph whose last words are a label and bodies without brackets (……制度。责任单位：A、B)."""
    text = line.text
    if is_article(text):
        return []
    for found in inline_label(lines=True).finditer(text, max(0, len(text) - MAX_ROLE_LINE)):
        before = text[: found.start()]
        if len(before.strip()) < MIN_ITEM or not _TAIL_START.search(before[-4:]):
            continue
        statement = role_line(text[found.start() :], walk)
        if statement is None or not statement.names:
            return []
        return [Unit(0, found.start(), before.rstrip("—–，, \t\u3000").strip(), statement, "label-tail", (found.start(), len(text)))]
    return []


def duty_tail(line: Line, walk: Walk) -> list[Unit]:
    """Return the unit of an item whose last sentence, or last clause from 由 on, says nothing but who leads and who helps."""
    text = line.text.rstrip()
    if len(text) > _MAX_TAILED or is_article(text) or not _WHO.search(text[-MAX_ROLE_LINE:]):
        return []
    for found in list(_LAST_CLAUSE.finditer(text, max(0, len(text) - MAX_ROLE_LINE)))[-_MAX_CLAUSES:]:
        clause = found.group() in "，,"
        before = text[: found.end()].rstrip("，, ")
        statement = None if len(before) < MIN_ITEM else duty(text[found.end() :], walk)
        if statement is None or (clause and not (split_number(text)[0] and (statement.lead or statement.responsible))):
            continue
        return [Unit(0, found.end(), before, statement, "duty-tail", (found.end(), len(text)))]
    return []
