"""A wrong fact sheet is one sentence that names the sheet, the key and what it takes, in every verb that reads sheets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from spiders.factsheet import FactSheetError, read_sheet
from spiders.record_sheet import read_record_sheet

PROGRAM = "from harvester.cli.main import main; main()"
ROOT = Path(str(files("spiders"))).parent


def sheet(name: str) -> str:
    folder = "record_sites" if name.endswith("_records") else "sites"
    return (ROOT / "spiders" / folder / f"{name}.toml").read_text("utf-8")


def without(text: str, table: str) -> str:
    return re.sub(rf"(?ms)^\[{table}\]\n.*?(?=^\[|\Z)", "", text)


WRONG_TABLES = [
    ("promises", "promises = 3", "promises: promises are a table"),
    ("promises", "promises = [1]", "promises: promises are a table"),
    ("promises", "promises = { colour = 1 }", "promises: unknown key colour; known are"),
    ("promises", "promises = { least_items = -1 }", "promises: least_items is a whole number from 0"),
    ("promises", "promises = { least_items = true }", "promises: least_items is a whole number"),
    ("promises", "promises = { least_items = 1.5 }", "promises: least_items is a whole number"),
    ("promises", f"promises = {{ quiet_workdays = {10**30} }}", "promises: quiet_workdays is a whole number from 0 to 2500"),
    ("promises", "promises = { stale_workdays = 999999999 }", "promises: stale_workdays is a whole number from 0 to 2500"),
    ("promises", "promises = { history = 31 }", "promises: history is a whole number from 0 to 30"),
    ("promises", "promises = { requests_per_capture = true }", "promises: requests_per_capture is a number from 1"),
    ("promises", "promises = { requests_per_capture = inf }", "promises: requests_per_capture is a number from 1"),
    ("promises", "promises = { requests_per_capture = nan }", "promises: requests_per_capture is a number from 1"),
    ("promises", "promises = { drift = -0.1 }", "promises: drift is a share from 0 to 1"),
    ("promises", 'promises = { drift = "much" }', "promises: drift is a share"),
    ("promises", "promises = { tolerance = nan }", "promises: tolerance is a share"),
    ("promises", 'promises = { charset = "utf-8" }', "promises: charset is a list of names"),
    ("promises", "promises = { charset = [1] }", "promises: charset is a list of names"),
    ("promises", "promises = { fill = 0.9 }", "promises: fill is a table of shares"),
    ("promises", "promises = { fill = { colour = 0.9 } }", "promises: fill: unknown field colour"),
    ("promises", "promises = { fill = { title = 2 } }", "promises: fill: title is a share from 0 to 1"),
    ("schedule", "schedule = 3", "[schedule]: a schedule is a table"),
    ("schedule", "schedule = { colour = 1 }", "[schedule]: unknown key colour"),
    ("schedule", "schedule = { cron = 3 }", "[schedule]: cron is five fields in quotes"),
    ("schedule", 'schedule = { cron = "61 * * * *" }', "[schedule]: cron '61 * * * *' cannot be read"),
    ("schedule", "schedule = { jitter_minutes = -1 }", "[schedule]: jitter_minutes -1 is from 0"),
    ("schedule", "schedule = { requests = -1 }", "[schedule]: requests -1 is from 0"),
    ("schedule", f"schedule = {{ requests = {10**30} }}", "[schedule]: requests 1000000000"),
    ("schedule", "schedule = { seconds = nan }", "[schedule]: seconds nan is from 0"),
    ("limits", "limits = 3", "limits is a table"),
    ("limits", "limits = { colour = 3 }", "[limits]: unknown key colour"),
    ("limits", "limits = { files = -1 }", "[limits]: files must be positive"),
    ("limits", 'limits = { files = "many" }', "[limits]: files must be positive"),
    ("limits", "limits = { seconds = inf }", "[limits]: seconds must be positive"),
    ("drift", "[drift]\nlimit = 3", "unknown key drift"),
]


@pytest.mark.parametrize("name", ["shanghai", "anhui_records"])
@pytest.mark.parametrize(("table", "line", "said"), WRONG_TABLES, ids=[line.replace("\n", " ")[:50] for _, line, _ in WRONG_TABLES])
def test_a_wrong_table_of_a_sheet_is_told_with_its_key(name: str, table: str, line: str, said: str):
    rest = without(sheet(name), table)
    text = f"{rest}\n{line}\n" if line.startswith("[") else f"{line}\n{rest}"
    with pytest.raises(FactSheetError) as found:
        read_sheet(text, name) if name == "shanghai" else read_record_sheet(text, name)
    assert str(found.value).startswith(f"fact sheet {name}")
    assert said in str(found.value)
    assert len(str(found.value)) < 500


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("name", "3", "name is text in quotes"),
        ("region", "310000", "region is text in quotes"),
        ("kind", "[1]", "kind is text in quotes"),
        ("hosts", '"www.example.cn"', "hosts is a list of texts"),
        ("hosts", "[1]", "hosts is a list of texts"),
        ("pace", '"fast"', "pace is a number of seconds"),
        ("pace", "true", "pace is a number of seconds"),
        ("pace", "inf", "pace is a number of seconds"),
        ("pace", "-3", "pace -3.0 must not be under 1 second"),
        ("family", "3", "family is text"),
        ("list", "3", "list is a table of lists of rules"),
        ("list", '{ item = "li" }', "rules are a list"),
        ("list", "{ item = [{ css = 3 }] }", "rules are a list"),
        ("options", "{ a = 1 }", "options is a table of texts"),
        ("sections", "3", "sections is tables"),
        ("sections", '["tzgg"]', "sections is tables"),
    ],
)
def test_a_value_of_another_kind_is_told_with_its_key(key: str, value: str, said: str):
    rest = re.sub(rf"(?m)^{key} = .*\n", "", without(without(sheet("shanghai"), key), "options"))
    if key == "sections":
        rest = re.sub(r"(?ms)^\[\[sections\]\]\n.*?(?=^\[(?!\[sections)|\Z)", "", rest)
        rest = re.sub(r"(?ms)^\[sections\..*?(?=^\[|\Z)", "", rest)
    with pytest.raises(FactSheetError) as found:
        read_sheet(f"{key} = {value}\n{rest}", "shanghai")
    assert said in str(found.value)


VERBS = ["crawl shanghai", "crawl anhui", "sites", "plan shanghai", "check shanghai", "schedule", "schedule next", "schedule run anhui",
         "worker --once", "incidents --site anhui", "drift sheet shanghai", "alerts", "alerts send"]  # fmt: skip


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the spiders, one of whose sheets is wrong, and a store."""
    folder = tmp_path_factory.mktemp("spoilt")
    subprocess.run([sys.executable, "-c", PROGRAM, "db", "upgrade"], cwd=folder, check=True, capture_output=True, env=environ(folder))
    shutil.copytree(ROOT / "spiders", folder / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "spiders" / "sites" / "shanghai.toml"
    file.write_text("promises = { least_items = -1 }\n" + without(file.read_text("utf-8"), "promises"), "utf-8")
    return folder


def environ(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HARVESTER_")}
    return kept | {"PYTHONPATH": f"{folder}:{ROOT}", "HARVESTER_LANG": "en"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_wrong_sheet_ends_each_verb_that_needs_it_with_one_sentence(spoilt: Path, verb: str):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *verb.split()], cwd=spoilt, capture_output=True, text=True, env=environ(spoilt), timeout=60
    )
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "fact sheet shanghai, promises: least_items is a whole number from 0" in done.stderr
    assert done.stderr.endswith("Mend that and run it again.\n")
    assert (done.returncode, done.stdout) == (1, "")
