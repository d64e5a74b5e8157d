"""Processes of the program that need not import it first: a crawl in a process of its own costs a test its work, not seconds of start-up.

They are forked from a server that has imported the modules and run nothing, so what runs in them is what runs in any other process.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import time_machine

from harvester import apart
from harvester.config import Config
from harvester.crawl import RunSummary
from storage.engine import file_of, read_url
from storage.store import Store

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]


@cache
def _server() -> ForkServerContext:
    """Start the server of this process and return the context that asks it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    # Python 3.11's server does not take over the path of modules.
    with patch.dict(os.environ, {"PYTHONPATH": str(ROOT)}):
        forkserver.ensure_running()
    return context


def run(work: Callable[..., T], *arguments: Any) -> T:
    """Return what ``work`` returns in a process of its own; its exceptions are raised here."""
    result: T = apart.run(_in_order, dict(os.environ), work, arguments, context=_server())
    return result


@contextmanager
def readers() -> Iterator[None]:
    """Let the processes in which this one reads documents be forked from the server too, for a while."""
    from harvester import deriving

    with patch.object(deriving, "CONTEXT", _server()):
        yield


def _in_order(environment: Mapping[str, str], work: Callable[..., T], arguments: Sequence[Any]) -> T:
    _settle(environment)
    return work(*arguments)


def _settle(environment: Mapping[str, str]) -> None:
    """Give this process its environment, and fork its reader of documents now, while it is the only thread here."""
    from harvester import deriving, looking

    assert "harvester.settings" not in sys.modules, "settings that were read elsewhere would hold here"
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    deriving.CONTEXT = multiprocessing.get_context("fork")
    looking.DERIVER.begin()


def begin(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Begin a piece of work in a process of its own, which may be killed at any moment, and return the process."""
    process = _server().Process(target=_in_order, args=(dict(os.environ), work, arguments))
    process.start()
    return process


def crawl(sites: Sequence[str], config: Config, moment: datetime | None = None, **options: Any) -> list[RunSummary]:
    """Crawl in a process of its own, which may live at another moment, and return the summaries, in the order of the sites.

    A crawl that would make its SQLite store first finds one made already, with the gazetteer in it, as after a crawl of no pages.
    """
    file = file_of(read_url(config.store))
    if file and file.parent.is_dir() and not file.exists() and not options.get("dry_run"):
        shutil.copy(_made(), file)
    return run(_crawl, tuple(sites), config, moment, options)


@cache
def _made() -> Path:
    """Make a store for this process's crawls to begin with, and return its file."""
    folder = tempfile.mkdtemp(prefix="harvester-made-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder, "store.sqlite")
    run(_make, f"sqlite:///{file}")
    return file


def _make(url: str) -> None:
    from harvester.gazetteer import load_gazetteer

    with Store.open(url, create=True) as store:
        load_gazetteer(store)


def _crawl(sites: Sequence[str], config: Config, moment: datetime | None, options: Mapping[str, Any]) -> list[RunSummary]:
    from harvester.crawl import crawl

    with time_machine.travel(moment, tick=True) if moment else nullcontext():
        return crawl(sites, config, **options)


# --- the command line ------------------------------------------------------------------------------------------------------


def program(
    *words: str,
    environment: Mapping[str, str] | None = None,
    moment: datetime | None = None,
    folder: Path | None = None,
    typed: bytes | None = None,
) -> subprocess.CompletedProcess[str]:
    """Call the program in a process of its own and return how it ended, as ``subprocess.run`` does.

    ``moment``: that process lives at that time and its clock runs on from there. ``folder``: where it is called.
    ``typed``: what stands on its standard input, if that is not to be this process's.
    """
    with tempfile.TemporaryDirectory() as told:
        out, err, given = Path(told, "out"), Path(told, "err"), Path(told, "in")
        if typed is not None:
            given.write_bytes(typed)
        process = start(
            *words, environment=environment, moment=moment, folder=folder, out=out, err=err, given=None if typed is None else given
        )
        process.join(300)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, 300)
        printed = [path.read_text("utf-8", errors="replace") if path.exists() else "" for path in (out, err)]
    return subprocess.CompletedProcess(words, process.exitcode, *printed)


def start(
    *words: str,
    environment: Mapping[str, str] | None = None,
    moment: datetime | None = None,
    folder: Path | None = None,
    out: Path = Path(os.devnull),
    err: Path = Path(os.devnull),
    given: Path | None = None,
) -> BaseProcess:
    """Begin a call of the program in a process of its own, which may be killed at any moment, and return the process."""
    told = dict(os.environ if environment is None else environment)
    process = _server().Process(target=_call, args=(words, told, moment, folder, out.absolute(), err.absolute(), given))
    process.start()
    return process


def _call(
    words: Sequence[str],
    environment: Mapping[str, str],
    moment: datetime | None,
    folder: Path | None,
    out: Path,
    err: Path,
    given: Path | None,
) -> None:
    from harvester.cli.main import main

    _settle(environment)
    if given:
        # multiprocessing has put another file in the place of standard input.
        sys.stdin = given.open(encoding="utf-8")
    for number, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    if folder:
        os.chdir(folder)
    if environment.get("HARVESTER_LOG_LEVEL") == "DEBUG":
        # As a program would that hosts this one: everything that any part of it logs, on standard error.
        logging.basicConfig(level=logging.DEBUG)
    sys.argv = ["harvester", *words]
    with time_machine.travel(moment, tick=True) if moment else nullcontext():
        main()
