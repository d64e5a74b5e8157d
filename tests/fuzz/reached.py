"""Which readers the samples of the targets come by: seen by the profiler, not said by a list.

python -m tests.fuzz.reached      a JSON object: every reader of the project, and whether one of the samples comes by it
"""

from __future__ import annotations

import contextlib
import cProfile
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS
from tests.fuzz.walk import ROOT, readers


def reached(targets: Iterable[Target]) -> dict[str, bool]:
    """Return of every reader (``file:name``) whether it is called while the targets read their samples."""
    profile = cProfile.Profile(subcalls=False, builtins=False)
    for target in targets:
        with profile:
            samples = list(target.samples())
        for data in samples:
            with contextlib.suppress(Exception), profile:
                target.read(data)
    # Equal code is one to the profiler, whatever its file: functions are looked up by their code, not by where it stands.
    called = {entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)}
    return {str(reader): _codes(reader.file).get(reader.name) in called for reader in readers()}


@cache
def _codes(file: str) -> dict[str, CodeType]:
    path = ROOT / file
    return {code.co_qualname: code for code in _within(compile(path.read_text("utf-8"), str(path), "exec"))}


def _within(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _within(each)


if __name__ == "__main__":
    json.dump(reached(TARGETS.values()), sys.stdout)
