"""The pages of the documentation that are made of the data dictionary: the tables of ``docs/store.md`` and ``docs/dictionary.md``.

python -m storage.describing        writes both; a test holds them to the dictionary
"""

from __future__ import annotations

import re
from pathlib import Path

from storage.dictionary import KINDS, UNITS, Column, Entry, dictionary

DOCS = Path(__file__).resolve().parents[1] / "docs"
FIRST = "v_documents"
_HEAD = """# Data dictionary · 数据字典

Every view and column, in 中文 and English. This page is made of `storage/dictionary.toml` by `python -m storage.describing`; the same is
told by `harvester dictionary`, the page `/dictionary` and `/api/v1/dictionary`. Days and moments are written as GB/T 7408 (ISO 8601) says;
moments are UTC. 可空 · NULL: the value may be unknown; every other column always has one, an empty text where there is nothing.
"""


def of_store() -> str:
    """Return the part of ``docs/store.md`` that describes the views."""
    return "\n".join(_store_section(entry) for entry in dictionary().values())


def _store_section(entry: Entry) -> str:
    rows = "\n".join(f"| `{column.name}` | {_brief(column)} |" for column in entry.columns)
    return f"### {entry.name}\n{entry.meaning['en']}\n\n| column | what it holds |\n|---|---|\n{rows}\n"


def _brief(column: Column) -> str:
    words = ", ".join(f"`{word}`" if word else "empty" for word, _ in column.values)
    unit = UNITS[column.unit]["en"]
    return column.meaning["en"] + (f" ({unit})" if unit and unit != "UTC" else "") + (f": {words}" if words else "")


def page() -> str:
    """Return ``docs/dictionary.md``."""
    return "\n".join([_HEAD, *(_section(entry) for entry in dictionary().values())])


def _section(entry: Entry) -> str:
    rows = "\n".join(_row(column) for column in entry.columns)
    head = "| column | 含义 · meaning | 类型 · type | 标准 · standard | 例 · example |\n|---|---|---|---|---|"
    return f"## {entry.name}\n{entry.meaning['zh']}\n{entry.meaning['en']}\n\n{head}\n{rows}\n"


def _row(column: Column) -> str:
    values = "".join(f"<br>`{word or '∅'}` {meaning['zh']} · {meaning['en']}" for word, meaning in column.values)
    unit = UNITS[column.unit]
    kind = f"{KINDS[column.kind]['zh']} · {KINDS[column.kind]['en']}"
    kind += f"，{unit['zh']} · {unit['en']}" if column.unit else ""
    kind += "，可空 · NULL" if column.nullable else ""
    example = f"`{column.example}`" if column.example else ""
    cells = (f"`{column.name}`", f"{column.meaning['zh']} · {column.meaning['en']}{values}", kind, column.standard, example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def put_into(text: str) -> str:
    """Return the text of ``docs/store.md`` with the described views in the place of those that stand in it."""
    return re.sub(rf"### {FIRST}\n.*\Z", lambda _: of_store(), text, flags=re.S)


def main() -> None:
    """Write both pages."""
    store = DOCS / "store.md"
    store.write_text(put_into(store.read_text(encoding="utf-8")), encoding="utf-8")
    (DOCS / "dictionary.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
