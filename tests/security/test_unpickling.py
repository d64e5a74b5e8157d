"""Nothing that came from outside is ever unpickled: pickle runs what it reads (docs.python.org/3/library/pickle.html)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus import generate, render
from tests.security.locked import ROOT

PACKAGES = ("harvester", "spiders", "normalizers", "storage")
RUNS_WHAT_IT_READS = {
    "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "yaml",
}  # fmt: skip
"""Modules whose reading of data can run what stands in it; YAML is not read here at all."""
CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "system", "popen", "allow_pickle", "shell", "PickleType"}
_BUILT_IN = {"eval", "exec", "compile", "__import__"}
FORMS = ("html-plain", "html-legacy", "docx", "docx-tracked", "xlsx", "csv", "md", "txt", "pdf", "ofd", "zip", "json")
_READING = """
import json, pathlib, pickle, sys
from normalizers.documents import is_archive, unpack
from normalizers.intake import intake
from normalizers.records import Hints

def read(path):
    payload = path.read_bytes()
    names = [member.name for member in unpack(payload, path.name).members] if is_archive(payload, path.name) else [""]
    return [intake(payload, Hints(file_name=path.name, member=name)) for name in names]

def heard(event, arguments):
    if event == "pickle.find_class" or event.startswith(("marshal.load", "socket.", "subprocess.", "os.system", "os.exec")):
        told.append(event)

told = []
paths = sorted(pathlib.Path(sys.argv[1]).iterdir())
made = sum(len(read(path)) for path in paths)  # the first time it also imports and looks for its own data
sys.addaudithook(heard)
for path in paths:
    read(path)
quiet = list(told)
pickle.loads(pickle.dumps(pathlib.Path("x")))
print(json.dumps({"made": made, "heard": quiet, "of a pickle": told[len(quiet):]}))
"""


_LIKELY = re.compile(rf"(?<!re\.)\b(?:{'|'.join(sorted(RUNS_WHAT_IT_READS | CALLS))})\b")


def dangers(source: str) -> list[str]:
    """Return what a module's source imports or calls that may run data."""
    found: list[str] = []
    if not _LIKELY.search(source):  # most files are not worth parsing
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in RUNS_WHAT_IT_READS]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0], *(alias.name for alias in node.names)]
            found += [name for name in names if name in RUNS_WHAT_IT_READS | CALLS and not node.level]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _BUILT_IN:  # called, or handed to who calls it
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in CALLS - {"compile"}:
            found += [node.attr] if ast.unparse(node) != "func.system" else []  # SQL's: TABLESAMPLE SYSTEM
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            keywords = [word.arg for word in node.keywords if word.arg in CALLS and not _is_off(word.value)]
            texts = [str(word.value).split(".")[0] for word in node.args if isinstance(word, ast.Constant)] if _imports(node.func) else []
            found += [name] if name in CALLS - _BUILT_IN else []
            found += [*keywords, *(text for text in texts if text in RUNS_WHAT_IT_READS)]
    return found


def _imports(called: ast.expr) -> bool:
    return ast.unparse(called).rpartition(".")[2] in ("import_module", "find_spec", "run_module")


def _is_off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_unpickles_or_runs_what_it_reads(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 10
    assert {str(file.relative_to(ROOT)): found for file in files if (found := dangers(file.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from pickle import loads", "import yaml.loader", "eval(x)", "numpy.load(x, allow_pickle=True)",
        "pandas.read_pickle(x)", "subprocess.run(x, shell=True)", "os.system(x)", "Column(PickleType())", "Column(sa.PickleType)",
        "map(eval, x)", "run = exec", "builtins.eval(x)", "f = os.system", "importlib.import_module('pickle')",
        "import_module('yaml.loader')",
    ],
)  # fmt: skip
def test_the_scan_sees_each_of_them(source: str) -> None:
    assert dangers(source)


def test_no_part_of_a_crawl_is_kept_as_a_pickle() -> None:
    """Scrapy pickles requests on disk (JOBDIR), its cache of pages, and procrastinate and APScheduler could keep jobs that way."""
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("harvester.settings")
    assert not settings.get("JOBDIR")
    assert not settings.getbool("HTTPCACHE_ENABLED")
    sources = "".join(file.read_text("utf-8") for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    assert "jobstores" not in sources
    assert "HTTPCACHE" not in sources
    assert "BackgroundScheduler(" in sources, "its jobs are in memory as long as no job store is named"


def test_reading_a_document_of_any_form_unpickles_asks_and_starts_nothing(tmp_path: Path) -> None:
    """Python itself tells what is done (PEP 578), libraries included; a pickle of our own shows that it would be told."""
    paper = generate.generated()[0]
    for number, form in enumerate(FORMS):
        file = render.render(paper, form)
        (tmp_path / f"{number}.{file.hints.file_name.rpartition('.')[2]}").write_bytes(file.payload)
    words = [sys.executable, "-c", _READING, str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["made"] >= len(FORMS)
    assert told["heard"] == []
    assert "pickle.find_class" in told["of a pickle"]
