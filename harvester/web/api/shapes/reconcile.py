"""What the service that matches names suggests."""

from __future__ import annotations

from typing import ClassVar

from harvester.web.api.shapes.base import Shape


class Suggestion(Shape):
    """A body that is suggested."""

    chapter: ClassVar[str] = "suggestion"
    id: str
    name: str
    description: str


class Suggestions(Shape):
    """Bodies that are suggested."""

    chapter: ClassVar[str] = "suggestion"
    result: list[Suggestion]
