"""The command line: one verb a job, stable shapes (``docs/commands.md``), errors in one sentence.

Exit status 0: done; 1: could not be done; 2: called wrongly; 130: interrupted.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import typer

from harvester.cli.output import complain
from harvester.errors import HarvesterError
from harvester.messages import _
from storage.errors import StoreError

UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What the parser of the command line raises for a wrong call."""

VERBS = {
    "crawling": ("crawl", "sites", "plan", "check"),
    "files": ("extract", "normalize", "diff"),
    "querying": ("tasks", "documents", "agencies", "search", "explain", "export", "runs"),
    "database": ("db",),
    "demo": ("replica", "demo"),
}
"""Which module holds which verbs. A verb's module alone is imported: asking the store should not wait for Scrapy."""

log = logging.getLogger("harvester")


def command_line(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line with the verb that ``arguments`` begin with, or with all verbs."""
    app = typer.Typer(
        name="harvester",
        help="Harvest, normalise and query the public credit information of Shanghai, Jiangsu, Zhejiang and Anhui.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)  # without one, Typer would take a single verb for the whole program
    verb = arguments[0] if arguments else ""
    wanted = [name for name, verbs in VERBS.items() if verb in verbs] or list(VERBS)
    for name in wanted:
        import_module(f"harvester.cli.{name}").register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    try:
        status = command_line(arguments)(list(arguments) or ["--help"], standalone_mode=False)
    except UsageError as error:
        context = getattr(error, "ctx", None)
        told = {"error": getattr(error, "format_message", error.__str__)(), "path": context.command_path if context else "harvester"}
        complain(_("{error} See {path} --help.").format(**told))
        return 2
    except (HarvesterError, StoreError) as error:
        complain(str(error))
        return getattr(error, "exit_status", 1)
    except (KeyboardInterrupt, typer.Abort):
        complain(_("interrupted; what was stored stays, run the same command again to go on."))
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone: that is its right, and no news for anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        log.debug("unforeseen", exc_info=True)
        complain(
            _("this was not foreseen ({kind}: {error}); set HARVESTER_DEBUG=1, run it again and report what it prints.").format(
                kind=type(error).__name__, error=error
            )
        )
        if os.environ.get("HARVESTER_DEBUG"):
            raise
        return 1
    return status if isinstance(status, int) else 0


def main() -> None:
    """Run the command of this process."""
    sys.exit(run(sys.argv[1:]))
