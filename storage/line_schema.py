"""The tables of lines: what lists show of the present, in reading order (``places``). ``lines`` keeps them; see ``docs/lines.md``.

They hold nothing that could not be made again from documents, versions and works.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from storage.columns import day, must, words
from storage.columns import metadata as metadata
from storage.types import BIG_ID, UtcTime, Words

ROLE_BITS = {"lead": 1, "partner": 2, "responsible": 4, "implied": 8}
"""The bit of each role in the columns ``roles``."""

line_numbers = Table(
    "line_numbers",
    metadata,
    Column("document_id", Words, primary_key=True),
    must("line", BigInteger),
    UniqueConstraint("line"),
)
"""The line of each document. It stays the same as long as the day of the document does, however often lines are made again."""

document_lines = Table(
    "document_lines",
    metadata,
    Column("place", BIG_ID, primary_key=True, autoincrement=False),
    words("document_id"),
    must("version", Integer),
    must("tasks", Integer),
    must("copies", Integer),
    must("versions", Integer),
    must("counted", Boolean),
    must("hidden", Boolean),
    must("roles", Integer),
    must("day", Date),
    must("began_on", Date),
    must("began_at", UtcTime),
    must("settled_on", Date),
    must("settled_at", UtcTime),
    day("due_first"),
    day("due_last"),
    words("document_kind"),
    words("work_id"),
    words("change"),
    words("site"),
    words("section"),
    words("kind"),
    Column("parent_id", Words),
    words("url"),
    words("title"),
    words("document_number"),
    day("issued_on"),
    day("published_on"),
    day("listed_on"),
    day("printed_on"),
    day("effective_on"),
    day("expires_on"),
    words("index_number"),
    words("region"),
    words("region_basis"),
    day("plan_start"),
    day("plan_end"),
    words("state"),
    Column("state_since", UtcTime),
    words("format"),
    must("suggestions", Integer),
    words("normalizer_version"),
    UniqueConstraint("document_id"),
    Index(None, "work_id"),
)
"""One row a document. ``hidden``: withdrawn or repealed. ``copies`` counts the documents of its work, ``versions`` its versions.
``began_on`` is the first day of which there is a version of any copy of its work, ``began_at`` the moment from which one was known; from
``settled_on`` and ``settled_at`` on all copies have been as they are now, so this row answers for these days and moments, too.
``due_first`` and ``due_last`` are the first and last end of a deadline in it, ``roles`` the roles of bodies in its tasks. What questions
look at stands first in the row, before its texts."""

line_choices = Table(
    "line_choices",
    metadata,
    words("site"),
    words("stem"),
    must("place", BigInteger),
    must("counted", Boolean),
    must("copies", Integer),
    PrimaryKeyConstraint("site", "stem", "place"),
    Index(None, "place"),
    sqlite_with_rowid=False,
)
"""Which copy of a work counts, of those that are not hidden, for every site and region that can be asked for, empty for any. ``stem`` is a
code of GB/T 2260 without its last noughts: 2, 4 or 6 digits. ``copies`` of the work are among those asked for."""

task_lines = Table(
    "task_lines",
    metadata,
    Column("place", BIG_ID, primary_key=True, autoincrement=False),
    words("task_id"),
    words("lasting_id"),
    day("deadline_start"),
    day("deadline_end"),
    Column("deadline_kind", Words),
    must("roles", Integer),
    words("lead"),
    words("partner"),
    words("responsible"),
    words("implied"),
    UniqueConstraint("task_id"),
    Index(None, "deadline_end", "place"),
    Index(None, "deadline_kind", "deadline_end", "place"),
)
"""One row a task of the current versions, hidden ones too; ``place | LAST`` is the place of its document. Names are joined by 、."""

line_agencies = Table(
    "line_agencies",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("agency_id"),
    words("name"),
    words("mention_key"),
    words("kind"),
    must("resolved", Boolean),
    UniqueConstraint("agency_id", "name", "mention_key", "kind", "resolved"),
    Index(None, "name"),
    Index(None, "mention_key"),
)
"""A body as tasks name it: ``name`` is the canonical one, else the mention itself; ``agency_id`` is empty where it was not resolved."""

task_line_agencies = Table(
    "task_line_agencies",
    metadata,
    must("body", BigInteger),
    must("place", BigInteger),
    must("roles", Integer),
    PrimaryKeyConstraint("body", "place"),
    CheckConstraint("roles > 0", name="roles"),
    Index(None, "place"),
    sqlite_with_rowid=False,
)
"""Which task names which body (``line_agencies.id``) in which roles (``ROLE_BITS``)."""

line_counts = Table(
    "line_counts",
    metadata,
    words("facet"),
    words("value"),
    must("place", BigInteger),
    must("tasks", Integer),
    PrimaryKeyConstraint("facet", "value", "place"),
    Index(None, "place"),
    sqlite_with_rowid=False,
)
"""How many tasks of a document have a ``role``, a ``deadline_kind`` (``none`` also without a deadline), the end of one in a ``month`` or
at all (``dated``)."""

touched_documents = Table("touched_documents", metadata, words("document_id"), words("work_id"))
"""What a transaction touched: triggers note it, the end of the transaction makes its lines and takes the note away. Empty between two."""
