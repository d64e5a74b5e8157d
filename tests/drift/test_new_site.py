"""A new site is scaffolded in a checkout: its sheet loads, its test fails for the stated reason, and passes when it is filled in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.errors import HarvesterError, WrongCall
from harvester.scaffolding import NewSite, checkout, scaffold
from spiders.factsheet import read_sheet

ROOT = Path(__file__).resolve().parents[2]
SITE = NewSite(
    "wuxi_credit", "shanghai_cms", "https://credit.example.cn", "Credit Wuxi", '信用"无锡"', "320200", "tzgg", "/tzgg/index.html"
)
LINES = "".join(f'<p class="zeile"><a href="/tzgg/2026010{n}/{n:032x}.html">第{n}号通知</a><u>2026-01-0{n}</u></p>' for n in range(1, 6))
PAGE = f'<html><head><meta charset="utf-8"></head><body><div class="kasten">{LINES}</div></body></html>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a checkout of its own: what a new site touches is a copy, the rest is the project's."""
    shutil.copytree(ROOT / "spiders", tmp_path / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py",):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    shutil.copytree(ROOT / "tests/spiders", tmp_path / "tests/spiders", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("normalizers", "storage", "harvester"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def _tested(root: Path) -> tuple[int, str]:
    """Run the scaffolded test in its checkout."""
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        str(root),
        "tests/spiders/test_site_wuxi_credit.py",
    ]
    ran = subprocess.run(
        words, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, timeout=120, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_test_of_a_new_site_fails_until_its_selectors_are_right_and_its_golden_file_is_reviewed(root: Path) -> None:
    written = scaffold(root, SITE, PAGE.encode())
    assert [str(file.relative_to(root)) for file in written] == [
        "spiders/sites/wuxi_credit.toml",
        "spiders/wuxi_credit.py",
        "tests/spiders/test_site_wuxi_credit.py",
        "tests/spiders/pages/wuxi_credit_list.html",
    ]
    sheet = root / "spiders/sites/wuxi_credit.toml"
    read = read_sheet(sheet.read_text("utf-8"), "wuxi_credit")
    assert read.name_zh == '信用"无锡"'
    assert read.schedule.cron == "", "a worker would crawl with guessed rules"
    assert "Once its test passes and `harvester check` has read it" in sheet.read_text("utf-8")
    compile((root / "spiders/wuxi_credit.py").read_text("utf-8"), "wuxi_credit.py", "exec")

    status, told = _tested(root)
    assert status == 1
    assert "NEXT: look at tests/spiders/pages/wuxi_credit_list.html" in told

    text = sheet.read_text("utf-8")
    head = text[: text.index("[list]")]
    rules = """[list]
list = [{ css = "div.kasten", certainty = "real page" }]
item = [{ css = "p.zeile", certainty = "real page" }]
date = [{ css = "u", certainty = "real page" }]
[article]
body = [{ css = "div.text", certainty = "assumed" }]
"""
    sheet.write_text(head + rules, "utf-8")
    status, told = _tested(root)
    assert (status, "was missing and has been written" in told) == (1, True)
    assert _tested(root)[0] == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "shanghai"}, "already"),
        ({"id": "anhui_records"}, "already"),
        ({"id": "../evil"}, "no id"),
        ({"id": "class"}, "no id"),
        ({"id": "base"}, "exists"),
        ({"family": "unknown"}, "no family"),
        ({"base": "ftp://x"}, "no base"),
        ({"base": "https://x.cn/path"}, "no base"),
        ({"region": "32"}, "no region"),
        ({"path": "tzgg"}, "path must begin with /"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, change: dict[str, str], told: str) -> None:
    for part in ("spiders/sites", "tests/spiders/pages"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "spiders/base.py").touch()
    values = {name: getattr(SITE, name) for name in ("id", "family", "base", "name", "name_zh", "region", "section", "path")}
    with pytest.raises(WrongCall, match=told):
        scaffold(tmp_path, NewSite(**(values | change)), None)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["base.py"]


def test_outside_of_a_checkout_nothing_is_scaffolded(tmp_path: Path) -> None:
    with pytest.raises(HarvesterError, match="no checkout"):
        checkout(tmp_path)
    assert checkout(ROOT / "docs") == ROOT
