"""The command line: one verb a job, stable shapes (``docs/commands.md``), errors in one sentence.

Exit status 0: done; 1: could not be done; 2: called wrongly; 130: interrupted.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, cast

import typer

from harvester import log_masking
from harvester.cli.output import complain, in_words
from harvester.cli.verbs import VerbGroup
from harvester.errors import HarvesterError
from harvester.messages import _
from spiders.sheet_kinds import FactSheetError
from storage.errors import StoreError
from storage.fullness import is_full

UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What the parser of the command line raises for a wrong call."""

INTERRUPTED = 130

log = logging.getLogger("harvester")


def command_line() -> typer.Typer:
    """Return the command line, with all verbs; each is imported when it is called."""
    app = typer.Typer(
        name="harvester",
        cls=VerbGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(program)
    return app


def show_version(*, wanted: bool) -> None:
    """Print the versions of the program and of its normalizer, and end."""
    if wanted:
        from harvester.config import PROGRAM, program_version
        from normalizers.records import NORMALIZER_VERSION

        print(f"{PROGRAM} {program_version()}, normalizer {NORMALIZER_VERSION}")
        raise typer.Exit


def program(
    _version: Annotated[
        bool, typer.Option("--version", callback=lambda value: show_version(wanted=value), is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Harvest, normalise and query the public credit information of Shanghai, Jiangsu, Zhejiang and Anhui."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    try:
        status = command_line()(list(arguments) or ["--help"], standalone_mode=False)
        sys.stdout.flush()  # here, so that a full disk is told and a reader that left is not
    except UsageError as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "harvester"
        complain(_("{error} See {path} --help.").format(error=in_words(wording(error)), path=path))
        return 2
    except (HarvesterError, StoreError) as error:
        complain(in_words(str(error)))
        return getattr(error, "exit_status", 1)
    except FactSheetError as error:
        complain(_("{error}. Mend that and run it again.").format(error=in_words(str(error))))
        return 1
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader (head, less) has gone: that is its right, and no news for anybody. Typer and rich make a SystemExit of it.
        return discard()
    except Exception as error:
        if isinstance(error, OSError) and is_full(error):
            complain(_("no room is left where the output goes; free some space and run it again."))
            return discard() or 1
        log.debug("unforeseen", exc_info=True)
        complain(
            _("this was not foreseen ({kind}: {error}); set HARVESTER_DEBUG=1, run it again and report what it prints.").format(
                kind=type(error).__name__, error=_without_personal_data(error)
            )
        )
        if os.environ.get("HARVESTER_DEBUG"):
            raise
        return 1
    if status == INTERRUPTED:  # Typer makes this of a KeyboardInterrupt, without a word
        complain(_interrupted(arguments[0] if arguments else ""))
    return status if isinstance(status, int) else 0


def _interrupted(verb: str) -> str:
    if verb == "serve":
        return _("The reading room is closed.")
    if verb == "demo":
        return _("interrupted; run the same command again, it begins anew.")
    return _("interrupted; what was stored stays, run the same command again to go on.")


def _without_personal_data(error: Exception) -> str:
    """Return the words of an exception, masked: it may quote a value of a record."""
    from normalizers.privacy import mask  # late: only for what was not foreseen

    return mask(str(error)).text


def discard() -> int:
    """Send what standard output still holds to nowhere, so that the interpreter's end does not try again; return 0."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def wording(error: Exception) -> str:
    """Return what the parser of the command line says of a wrong call, in one line that ends as a sentence does."""
    words = " ".join(str(getattr(error, "format_message", error.__str__)()).replace("Value error, ", "").split())
    return words if words.endswith((".", "?", "!")) else f"{words}."


def main() -> None:
    """Run the command of this process."""
    log_masking.install()
    gc.disable()  # until a verb is found: what its import makes stays, and to look through it again and again took a tenth of the time
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller (>&-)
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where the terminal's charset lacks a character
    sys.exit(run(sys.argv[1:]))
