"""The verbs that make and end accounts of the reading room. A password is typed or piped in, never given on the command line."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.moments import minute
from harvester.session import opened
from storage import accounts
from storage.store import Store

ACCOUNT_COLUMNS = ("account", "role", "made", "made by", "last login", "provisional")
LONGEST_LINE = 4096

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; else HARVESTER_OPERATOR or the user.")]
ProvisionalOption = Annotated[bool, typer.Option("--provisional", help="The password must be changed at the next login.")]


class RoleWord(StrEnum):
    """The roles that an account can have."""

    READER = "reader"
    OPERATOR = "operator"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line; the list is ``accounts`` without a further word, too."""
    group = typer.Typer(help="Who may come into the reading room.", rich_markup_mode=None, no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(listed)
    group.command("role")(role)
    group.command("password")(password)
    group.command("remove")(remove)
    app.add_typer(group, name="accounts")


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits and . _ - @.")],
    role: Annotated[RoleWord, typer.Option("--role", help="What the account may do.")] = RoleWord.READER,
    provisional: ProvisionalOption = False,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Make an account; the password is asked for twice, or read from standard input."""
    from harvester.web.access import passwords

    with opened(store) as found:
        kept, who = accounts.account_name(name), audited.actor(store, by)
        hashed = passwords.hashed(passwords.checked(_typed_in(), kept))
        _log(found, who, "account added", {"account": kept, "role": role.value})
        made = accounts.add(found, kept, role.value, hashed, who, datetime.now(UTC), provisional=provisional)
    _tell(_("The account {name} is made, as {role}."), name=made.name, role=_(made.role))


def listed(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the accounts."""
    with opened(store) as found:
        rows = [_row(account, form) for account in accounts.listed(found)]
    emit(rows, form, ACCOUNT_COLUMNS)


def _row(account: accounts.Account, form: Format) -> dict[str, Any]:
    times = {"made": account.created_at, "last login": account.login_at}
    shown: dict[str, Any] = {name: minute(at) if form is Format.TABLE and at else at for name, at in times.items()}
    return {"account": account.name, "role": account.role, "made by": account.created_by, "provisional": account.provisional, **shown}


def role(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An account.")],
    role: Annotated[RoleWord, typer.Argument(metavar="reader|operator", help="What it may do from now on.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Give an account another role."""
    with opened(store) as found:
        kept = accounts.named(found, name).name
        _log(found, audited.actor(store, by), "role changed", {"account": kept, "role": role.value})
        accounts.set_role(found, kept, role.value)
    _tell(_("{name} is {role} from now on."), name=kept, role=_(role.value))


def password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An account.")],
    provisional: ProvisionalOption = False,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Give an account a new password; its sessions end."""
    from harvester.web.access import passwords

    with opened(store) as found:
        kept = accounts.named(found, name).name
        hashed = passwords.hashed(passwords.checked(_typed_in(), kept))
        _log(found, audited.actor(store, by), "password reset", {"account": kept})
        accounts.set_password(found, kept, hashed, datetime.now(UTC), provisional=provisional)
    _tell(_("{name} has a new password; every session of it is ended."), name=kept)


def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An account.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Remove an account with its sessions and keys; its name stays in the log and is given to nobody else."""
    with opened(store) as found:
        kept, who = accounts.named(found, name).name, audited.actor(store, by)
        _log(found, who, "account removed", {"account": kept})
        accounts.remove(found, kept, who, datetime.now(UTC))
    _tell(_("{name} is removed."), name=kept)


def _log(store: Store, who: str, action: str, what: dict[str, object]) -> None:
    audited.log_ids(store, who, action, what, [], 0)


def _tell(message: str, **values: object) -> None:
    console().print(message.format(**values), markup=False, soft_wrap=True)


def _typed_in() -> str:
    """Return a password typed twice at the terminal, or the first line of standard input. Raises ``WrongCall``."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline(LONGEST_LINE)
        if not line.strip("\r\n"):
            raise WrongCall("a password is read from standard input, and there is none; pipe it in, or call this at a terminal.")
        return line.rstrip("\r\n")
    first = getpass.getpass(_("New password: "))
    if getpass.getpass(_("The same again: ")) != first:
        raise WrongCall("the two differ; call it again.")
    return first
