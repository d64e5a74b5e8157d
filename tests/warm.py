"""Processes of the program that need not import it first: a crawl in a process of its own costs a test its work, not seconds of start-up.

They are forked from a server that has imported the modules and run nothing, so what runs in them is what runs in any other process.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
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


def _in_order(environment: Mapping[str, str], work: Callable[..., T], arguments: Sequence[Any]) -> T:
    _settle(environment)
    return work(*arguments)


def _settle(environment: Mapping[str, str]) -> None:
    """Give this process its environment, and let it, too, fork its reader of documents from the server."""
    from harvester import deriving

    assert "harvester.settings" not in sys.modules, "settings that were read elsewhere would hold here"
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    deriving.CONTEXT = multiprocessing.get_context("forkserver")


# --- the command line ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """A call of the program that has ended: exit status (negative: the signal that ended it) and what it printed."""

    status: int
    out: str
    err: str


def program(*words: str, environment: Mapping[str, str] | None = None, moment: datetime | None = None, seconds: float = 300) -> Done:
    """Call the program in a process of its own, on a day of one's choice, and return how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = start(*words, environment=environment, moment=moment, out=out, err=err)
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join(30)
        assert process.exitcode is not None
        return Done(process.exitcode, *(path.read_text("utf-8", errors="replace") for path in (out, err)))


def start(
    *words: str,
    environment: Mapping[str, str] | None = None,
    moment: datetime | None = None,
    out: Path = Path(os.devnull),
    err: Path = Path(os.devnull),
) -> BaseProcess:
    """Begin a call of the program in a process of its own, which may be killed at any moment, and return the process."""
    told = dict(os.environ if environment is None else environment)
    process = _server().Process(target=_call, args=(words, told, moment, out, err))
    process.start()
    return process


def _call(words: Sequence[str], environment: Mapping[str, str], moment: datetime | None, out: Path, err: Path) -> None:
    from harvester.cli.main import main

    _settle(environment)
    for number, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    if environment.get("HARVESTER_LOG_LEVEL") == "DEBUG":
        # As a program would that hosts this one: everything that any part of it logs, on standard error.
        logging.basicConfig(level=logging.DEBUG)
    sys.argv = ["harvester", *words]
    with time_machine.travel(moment, tick=True) if moment else nullcontext():
        main()
