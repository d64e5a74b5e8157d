"""The API: JSON for programs, with the filters of the command line."""

from __future__ import annotations

from importlib import import_module

from fastapi import FastAPI

MODULES = ("tasks", "documents", "agencies", "notices", "changes", "works", "texts", "finding", "sites", "sql", "reconcile", "contract")
"""Modules of this package that hold a ``router``, one line a resource."""


def install(app: FastAPI) -> None:
    """Add the API to an application."""
    for name in MODULES:
        module = import_module(f"harvester.web.api.{name}")
        app.include_router(module.router)
        if hasattr(module, "operators"):
            app.include_router(module.operators)
