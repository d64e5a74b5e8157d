"""Every input that was ever found is read within its budget, or refused by an error that has a name."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.fuzz.children import Job, run_jobs
from tests.fuzz.targets import TARGETS

CASES = Path(__file__).parent / "cases"


def cases() -> list[Path]:
    return sorted(path for path in CASES.glob("*/*") if path.is_file())


def test_every_case_is_one_of_a_target() -> None:
    assert cases()
    assert {path.parent.name for path in cases()} <= set(TARGETS)


def test_what_was_found_once_breaks_nothing(tmp_path: Path) -> None:
    jobs = []
    for path in cases():
        file = tmp_path / f"{path.parent.name}-{path.name}"
        file.write_bytes(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
        jobs.append(Job(path.parent.name, 0, 0, 1, str(file)))
    found = [(Path(job.file).name, find.kind, find.error, find.where) for job, _, find in run_jobs(jobs, tmp_path / "child.log") if find]
    assert not found
