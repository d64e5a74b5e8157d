"""The data dictionary: every view and column that downloads, SQL and frames know, in both languages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.web.access.rights import reader
from harvester.web.shown import page, preference
from storage.dictionary import entries

router = APIRouter(dependencies=[reader()])


@router.get("/dictionary")
def dictionary(request: Request, words: str = "") -> HTMLResponse:
    """Show the views and their columns; ``words`` only those in which they stand."""
    lang, sought = preference(request, "lang"), words.strip().lower()
    views = [view | {"columns": [column for column in view["columns"] if _holds(view, column, sought)]} for view in entries(lang)]
    return page(request, "dictionary.html", views=[view for view in views if view["columns"]], words=words)


def _holds(view: dict[str, object], column: dict[str, object], sought: str) -> bool:
    told = f"{view['name']} {view['meaning']} {column['name']} {column['meaning']} {column['standard']}".lower()
    return sought in told
