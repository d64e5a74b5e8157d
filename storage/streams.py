"""Downloads: the answer to a question as CSV, JSON lines, Parquet or a workbook, made while it is read, in flat memory.

An answer is whole or it breaks off with an error: what reads the pieces must let the error through, so that the transfer is broken for its
client too (no last chunk is sent). In CSV and in workbooks nothing can be run: texts that begin like formulas get an apostrophe, control
characters and marks of direction become U+FFFD. JSON lines and Parquet hold every text as it is.

Rows of tasks, documents, versions, bodies and public records carry in their last column, ``link``, the address in the reading room that
lasts (``docs/reading_room.md``): whole where ``base``, the address of the room, is given, else the path in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from storage import sheets
from storage.batch_reading import Answer, answered, there
from storage.cells import joined, json_values, moments, tidy, tidy_name
from storage.errors import ExportError
from storage.questions import OF_RECORDS, Question, Table
from storage.store import Store

Announce = Callable[[Sequence[Any], int], None]
Link = Callable[[pa.RecordBatch, str, str], pa.Array]
"""What makes addresses of rows: from a batch, the address of the room, and the day that stands in them."""
PIECE = 1 << 16
"""Bytes that are sent at once, at least."""
GROUP = 65_536
"""Rows of a row group of Parquet."""
LINK = "link"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMS = tuple(MEDIA_TYPES)


class Form(Protocol):
    """What writes batches in a form; ``close`` writes the end."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch."""

    def close(self) -> None:
        """Write what makes the whole."""


def chunks(store: Store, question: Question, form: str, announce: Announce | None = None, *, base: str = "") -> Iterator[bytes]:
    """Yield the answer to a question in a form, in pieces. Nothing is yielded before the first rows are there.

    ``announce`` is told the identifiers of public records (as many as the log keeps, and one more) and their number before the first
    piece, so that what is not logged is not given away. Raises ``ExportError`` for an unknown form, and what ``answered`` raises: before
    the first piece for what cannot be asked, later where the store breaks off; it never just ends.
    """
    return _pieces(store, question, form, announce, [], base)


def write(store: Store, question: Question, form: str, sink: IO[bytes], announce: Announce | None = None, *, base: str = "") -> int:
    """Write the answer to a stream and return its number of rows; see ``chunks``."""
    counts: list[int] = []
    for piece in _pieces(store, question, form, announce, counts, base):
        sink.write(piece)
    return sum(counts)


def _pieces(store: Store, question: Question, form: str, announce: Announce | None, counts: list[int], base: str) -> Iterator[bytes]:
    if form not in _FORMS:
        raise ExportError(f"There is no form {form!r}: choose one of {', '.join(FORMS)}.")
    with answered(store, question) as answer:
        if announce and not isinstance(question, Table) and question.view in OF_RECORDS:
            announce(*answer.records())
        yield from _formed(answer, question, form, counts, base)


def _formed(answer: Answer, question: Question, form: str, counts: list[int], base: str = "") -> Iterator[bytes]:
    linked = _linking(question, answer, base)
    sink = Buffer()
    made = _FORMS[form](sink, linked(_nothing(answer)).schema)
    try:
        for batch in answer.batches:
            made.write(linked(batch))
            counts.append(batch.num_rows)
            if sink.waiting >= PIECE:
                yield sink.take()
    finally:
        made.close()  # what it writes is taken only where nothing went wrong
    yield sink.take()


def of_table(table: Table, form: str) -> Iterator[bytes]:
    """Yield rows that are there already in a form, without a store; see ``chunks``."""
    return _formed(there(table), table, form, [])


class Buffer(io.RawIOBase):
    """What a form has written and nobody took yet."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self.waiting = 0
        self._taken = 0

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 -- anything with the buffer protocol
        """Keep a piece."""
        kept = bytes(data)
        self._held.append(kept)
        self.waiting += len(kept)
        return len(kept)

    def tell(self) -> int:
        """Return how much was written at all."""
        return self._taken + self.waiting

    def take(self) -> bytes:
        """Return what waits, and forget it."""
        taken = b"".join(self._held)
        self._held.clear()
        self._taken += len(taken)
        self.waiting = 0
        return taken


# --- the lasting address of a row ----------------------------------------------------------------------------------------


def _linking(question: Question, answer: Answer, base: str) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Return what adds the column of addresses, or leaves a batch as it is."""
    make = None if isinstance(question, Table) else _LINKS.get(question.view)
    if make is None or LINK in answer.kinds:
        return lambda batch: batch
    as_of = getattr(getattr(question, "filters", None), "as_of", None)
    on = f"@{as_of.isoformat()}" if as_of else ""
    return lambda batch: batch.append_column(pa.field(LINK, pa.string()), make(batch, base, on))


def _nothing(answer: Answer) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in answer.schema], schema=answer.schema)


def _task_link(batch: pa.RecordBatch, base: str, on: str) -> pa.Array:
    named = pc.if_else(pc.equal(batch["lasting_id"], ""), batch["task"], batch["lasting_id"])
    return pc.binary_join_element_wise(f"{base}/t/", named, on, "")


def _version_link(batch: pa.RecordBatch, base: str, _: str) -> pa.Array:
    return pc.binary_join_element_wise(f"{base}/d/", batch["document"], "/v", pc.cast(batch["version"], pa.string()), "")


def _link(path: str, column: str) -> Link:
    return lambda batch, base, _: pc.binary_join_element_wise(base + path, batch[column], "")


_LINKS: dict[str, Link] = {
    "tasks": _task_link,
    "documents": _version_link,
    "versions": _version_link,
    "agencies": _link("/a/", "agency"),
    "works": _link("/w/", "work"),
    "notices": _link("/n/", "notice"),
}


# --- forms ---------------------------------------------------------------------------------------------------------------


class _Csv:
    """RFC 4180 in UTF-8, with a mark for spreadsheet programs."""

    def __init__(self, sink: Buffer, schema: pa.Schema) -> None:
        self._types = pa.schema([(f.name, pa.string() if pa.types.is_timestamp(f.type) else f.type) for f in schema])
        head = io.StringIO()
        csv.writer(head).writerow([tidy_name(name) for name in schema.names])
        sink.write(b"\xef\xbb\xbf" + head.getvalue().encode())
        options = arrow_csv.WriteOptions(include_header=False, eol="\r\n")
        self._writer = arrow_csv.CSVWriter(pa.PythonFile(sink, mode="w"), self._types, write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch."""
        columns = [_tidied(column) for column in batch.columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._types))

    def close(self) -> None:
        """Write nothing more: CSV has no end."""
        self._writer.close()


def _tidied(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return moments(column)
    return tidy(column) if pa.types.is_string(column.type) else column


class _JsonLines:
    """A JSON object a line."""

    def __init__(self, sink: Buffer, schema: pa.Schema) -> None:
        self._sink = sink
        names = json_values(pa.array(schema.names, pa.string())).to_pylist()
        self._heads = ["{" + names[0] + ":", *(f",{name}:" for name in names[1:])] if names else []

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch."""
        pieces: list[pa.Array | str] = []
        for head, column in zip(self._heads, batch.columns, strict=True):
            pieces += [head, json_values(column)]
        self._sink.write(joined([*pieces, "}\n"]))

    def close(self) -> None:
        """Write nothing more."""


class _Parquet:
    """Parquet; rows are gathered to groups, which readers like large."""

    def __init__(self, sink: Buffer, schema: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema)
        self._schema = schema
        self._held: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch, as soon as there are enough."""
        self._held.append(batch)
        if sum(each.num_rows for each in self._held) >= GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the footer without which nobody can read the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
            self._held.clear()


_FORMS: dict[str, Callable[[Buffer, pa.Schema], Form]] = {
    "csv": _Csv,
    "jsonl": _JsonLines,
    "parquet": _Parquet,
    "xlsx": sheets.written,
}
