"""The API: JSON for programs, with the filters of the command line."""

from __future__ import annotations

from fastapi import FastAPI

ROUTERS: tuple[str, ...] = ()
"""Modules of this package that hold a ``router``."""


def install(app: FastAPI) -> None:
    """Add the API to an application."""
