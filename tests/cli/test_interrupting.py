"""Ctrl-C during a crawl ends it with status 130; what was fetched is in the store and the archive. A site that refuses ends it, too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harvester.replica.server import Replica
from tests import warm

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from harvester.cli.main import main; main()"]


@pytest.mark.parametrize("limit", [[], ["--limit", "40"]])
def test_ctrl_c_ends_a_crawl_with_130_and_the_archive_whole(tmp_path: Path, limit: list[str]) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with Replica(["jiangsu"]) as replica:
        crawl = [*PROGRAM, "crawl", "jiangsu", "--base", replica.bases["jiangsu"], "--pace", "0.1", *limit]
        with subprocess.Popen(crawl, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            wait_for_a_document(tmp_path / "data" / "archive")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "incomplete" in out
    verified = warm.program("db", "verify", folder=tmp_path)
    assert verified.returncode == 0, verified.stdout
    status = warm.program("db", "status", "--format", "json", folder=tmp_path)
    assert json.loads(status.stdout)[0]["documents"] > 0


def wait_for_a_document(archive: Path) -> None:
    """Wait until a crawl has archived some pages."""
    until = time.monotonic() + 60
    while time.monotonic() < until and sum(file.stat().st_size for file in archive.glob("*/*.warc.gz")) < 20_000:
        time.sleep(0.02)


def test_a_site_that_refuses_is_told_in_sentences_and_without_a_traceback(tmp_path: Path) -> None:
    told = warm.program("crawl", "anhui", "--base", "anhui=http://127.0.0.1:9", "--pace", "0", folder=tmp_path)
    assert told.returncode == 1
    assert "refused" in told.stdout
    assert "Traceback" not in told.stderr + told.stdout
