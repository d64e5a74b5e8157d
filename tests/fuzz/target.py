"""What a target of the fuzzing is: a reader, samples of what it reads, and the errors that it may raise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One reader.

    ``read`` is given the bytes of an input. ``samples`` returns sound inputs. ``errors`` are those that the reader names for what it
    cannot read: any other ends the run with status 1. ``form`` says how inputs are made (``inputs.WORDS``, ``bombs``). ``share`` is how
    many of the inputs of a run it gets beside others: 1 for what takes some milliseconds. ``seconds`` and ``memory`` (bytes) are what
    one input may take of the processor and of the address space.
    """

    name: str
    read: Callable[[bytes], object]
    samples: Callable[[], Sequence[bytes]]
    errors: tuple[type[BaseException], ...] = ()
    form: str = "words"
    share: float = 1.0
    seconds: float = 10.0
    memory: int = 1 << 30


def text_of(data: bytes) -> str:
    """Return an input as a text, lone surrogates in it as they are."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def parts_of(data: bytes, count: int) -> list[str]:
    """Return an input as so many texts: its lines, the last with all that is left."""
    found = text_of(data).split("\n", count - 1)
    return found + [""] * (count - len(found))


def in_turn(errors: tuple[type[BaseException], ...], *reads: Callable[[], object]) -> None:
    """Call several readers of one input; what one of them refuses by these errors, the next may read."""
    for read in reads:
        with suppress(*errors):
            read()


def lines(*texts: str) -> Callable[[], list[bytes]]:
    """Return what gives these texts as samples."""
    return lambda: [text.encode() for text in texts]
