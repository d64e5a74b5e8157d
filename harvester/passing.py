"""How records pass from the process that reads documents to the one that keeps them: each as its class and its values in their order.

A document brings a thousand records. As Python passes frozen dataclasses with slots, the fields of each are looked up by name on either
side, and set one by one by a general function: twice the time of the records' own constructors.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from types import ModuleType
from typing import Any

from normalizers import intake, records


def classes(*modules: ModuleType) -> Iterator[type]:
    """Yield the classes of records that modules define, of more than one field."""
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__ and len(fields(each)) > 1:
                yield each


def _taken_apart(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(each.name for each in fields(kind)))
    return lambda record: (kind, values(record))


def settle() -> None:
    """Let all records of documents pass so."""
    for kind in classes(records, intake):
        copyreg.pickle(kind, _taken_apart(kind))
