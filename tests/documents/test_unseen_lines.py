"""A line of signs that nobody sees is a blank line."""

from __future__ import annotations

from normalizers.documents.textlines import Line


def test_a_line_of_which_nothing_is_seen_is_blank() -> None:
    assert Line(1, "\u200b", "").blank
    assert Line(1, " \u3000", "").blank
    assert not Line(1, "1\u200b", "1").blank
