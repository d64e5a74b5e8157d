"""The two ways a command can end badly: it was called wrongly (exit status 2), or it could not do its work (1)."""

from __future__ import annotations


class HarvesterError(Exception):
    """The work could not be done; the message is one sentence that ends in the next step to take. Exit status 1."""

    exit_status = 1


class WrongCall(HarvesterError):  # noqa: N818 - what happened, in the words of the command line
    """The command was called wrongly: an unknown site, a bad date, a file that is not there. Exit status 2."""

    exit_status = 2
