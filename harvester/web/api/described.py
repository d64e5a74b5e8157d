"""Models whose every field is described in both languages: from the data dictionary of the store, else from ``fields.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from storage import dictionary

SOURCE = Path(__file__).with_name("fields.toml")
ZH = "x-zh"
"""Where the OpenAPI document holds a description in 中文."""


@cache
def texts() -> Mapping[str, Mapping[str, list[Any]]]:
    """Return the descriptions by section and field: 中文, English and, where there is one, an example."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


@cache
def columns(view: str) -> Mapping[str, dictionary.Column]:
    """Return the columns of a view of the store by their names."""
    found = dictionary.dictionary()[f"v_{view}"]
    return {column.name: column for column in found.columns}


class Described(BaseModel):
    """A model of which every field has a description; making one without raises ``LookupError``.

    ``chapter`` names its section of ``fields.toml``, ``source_view`` the view whose columns of the same name mean the same; ``column_of``
    tells which column a field of another name is. Its own section comes first, what is common to all last.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    chapter: ClassVar[str] = ""
    source_view: ClassVar[str] = ""
    column_of: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:  # noqa: ANN401 -- what pydantic passes
        """Describe the fields of a new model."""
        for name, info in cls.model_fields.items():
            zh, en, *example = cls._text(info.alias or name)
            info.description, info.title = en, (info.alias or name).replace("_", " ")
            own = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            info.json_schema_extra = {**own, ZH: zh}
            if example:
                info.examples = [example[0]]
        cls.model_rebuild(force=True)

    @classmethod
    def _text(cls, name: str) -> list[Any]:
        chapters = dict.fromkeys(getattr(each, "chapter", "") for each in cls.__mro__)
        for chapter in chapters:
            if name in texts().get(chapter, {}):
                return texts()[chapter][name]
        column = columns(cls.source_view).get(cls.column_of.get(name, name)) if cls.source_view else None
        if column is None and name in texts()["common"]:
            return texts()["common"][name]
        if column is None:
            raise LookupError(f"{cls.__name__}.{name} is described nowhere: write it into fields.toml, section {cls.chapter!r}.")
        return [column.meaning["zh"], column.meaning["en"], *([column.example] if column.example else [])]
