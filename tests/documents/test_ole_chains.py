"""Old spreadsheets whose tables of sectors or cells lie: the reader behind would take all memory there is, and the process with it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from normalizers.documents import UnreadableError, read
from normalizers.documents.ole_chains import check_workbook
from normalizers.records import Hints

PLAN = (Path(__file__).parent / "files" / "plan.xls").read_bytes()
(TABLE,) = struct.unpack_from("<I", PLAN, 76)


def patched(at: int, value: int, form: str = "<I") -> bytes:
    return PLAN[:at] + struct.pack(form, value) + PLAN[at + struct.calcsize(form) :]


@pytest.mark.parametrize(
    ("what", "payload"),
    [
        ("a circle", patched((TABLE + 1) * 512 + 4, 1)),
        ("a sector far outside", patched((TABLE + 1) * 512 + 4, 0x00FFFFFF)),
        ("a free sector", patched((TABLE + 1) * 512 + 4, 0xFFFFFFFF)),
        ("a directory far outside", patched(48, 0x0FFFFFFF)),
        ("a table far outside", patched(76, 0x0FFFFFFF)),
        ("too many tables", patched(44, 0x7FFFFFFF)),
        ("too many small tables", patched(64, 0x7FFFFFFF)),
        ("a list of tables far outside", patched(68, 0x0FFFFFFF)),
    ],
)
def test_a_workbook_whose_sectors_lead_astray_is_unreadable(what: str, payload: bytes) -> None:
    with pytest.raises(UnreadableError, match="fetch it again"):
        read(payload, Hints(file_name=f"{what}.xls"))


def test_cells_too_far_from_one_another_are_told() -> None:
    at = PLAN.index(struct.pack("<HH", 0x00FD, 10))  # the first cell that holds a text
    payload = PLAN[: at + 4] + struct.pack("<HH", 65_535, 65_535) + PLAN[at + 8 :]
    with pytest.raises(UnreadableError, match="delete stray cells"):
        read(payload, Hints(file_name="a.xls"))


def test_a_sound_workbook_passes() -> None:
    check_workbook(PLAN)
