"""The pages: one module a page, each with a ``router`` whose every route names the least role it needs."""

from __future__ import annotations

from importlib import import_module

from fastapi import FastAPI

MODULES = (
    "overview",
    "tasks",
    "task_files",
    "agencies",
    "agency",
    "documents",
    "find",
    "search",
    "compare",
    "align",
    "works",
    "document_history",
    "archived",
    "document",
    "part",
    "calendar",
    "task",
    "charts",
    "preferences",
    "api_help",
    "login",
    "account",
    "accounts",
    "audit",
    "health",
    "metrics",
    "records",
    "record",
    "dossier",
    "changes",
    "change_feeds",
    "watches",
    "reports",
    "review",
    "coverage",
    "help",
    "sql",
    "dictionary",
    "corrections",
    "operations",
    "operations_runs",
    "operations_site",
    "operations_decisions",
    "operations_specimen",
    "operations_schedule",
)
"""The modules of this package that hold a ``router``, one line a page."""


def install(app: FastAPI) -> None:
    """Add the pages to an application."""
    for name in MODULES:
        app.include_router(import_module(f"harvester.web.pages.{name}").router, include_in_schema=False)
