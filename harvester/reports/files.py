"""A comparison or an alignment as the bytes of a file, in each of its forms."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from harvester.aligning import Alignment, alignment_json, flat_rows
from harvester.comparing import Compared
from harvester.messages import LANGUAGES, language
from harvester.telling import tell_task_change
from harvester.telling.terminal import tell_comparison
from harvester.values import printable, to_json
from normalizers.presentation import comparison_json

TABLE, TRACKED = "table", "tracked"


class DiffFormat(StrEnum):
    """The forms of a comparison."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    DOCX = "docx"


def comparison_file(compared: Compared, form: DiffFormat, layout: str, lang: str, *, everything: bool) -> bytes:
    """Return a comparison in one of its forms, as the bytes of a file."""
    if form is DiffFormat.TEXT:
        lines = tell_comparison(compared, lang, everything=everything)
        return "".join(printable(line.text) + "\n" for line in lines).encode("utf-8", "replace")
    if form is DiffFormat.JSON:
        return (to_json(comparison_as_json(compared)) + "\n").encode("utf-8", "replace")
    if form is DiffFormat.HTML:
        from harvester.reports.page import comparison_page

        return comparison_page(compared, lang, everything=everything).encode("utf-8", "replace")
    from harvester.reports.table import comparison_table
    from harvester.reports.tracked import tracked_changes

    return tracked_changes(compared, lang) if layout == TRACKED else comparison_table(compared, lang, everything=everything)


def comparison_as_json(compared: Compared) -> dict[str, Any]:
    """Return a comparison for programs: as ``comparison_json``, each change of a task told in both languages."""
    found = comparison_json(compared.comparison)
    for change, told in zip(compared.comparison.task_changes, found["task_changes"], strict=True):
        told["told"] = {lang: tell_task_change(change, lang) for lang in sorted(LANGUAGES, reverse=True)}
    return found


def alignment_file(found: Alignment, ending: str) -> bytes:
    """Return an alignment in the form that a file's ending tells: JSON, HTML or a sheet."""
    if ending == ".json":
        return (to_json(alignment_json(found)) + "\n").encode("utf-8", "replace")
    if ending in {".html", ".htm"}:
        return alignment_html(found).encode("utf-8", "replace")
    from harvester.reports.alignment_sheet import alignment_sheet

    return alignment_sheet(flat_rows(found))


def alignment_html(found: Alignment) -> str:
    """Return an alignment as an HTML page in the user's language."""
    from harvester.reports.alignment import alignment_page

    return alignment_page(found, language())
