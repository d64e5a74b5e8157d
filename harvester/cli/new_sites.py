"""The verb ``new-site``: the files of a site that is to be harvested, in a checkout of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.output import console
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.scaffolding import MOST_BYTES, NewSite, checkout, fetch_list, page_file, save_page, scaffold
from harvester.sentences import said
from harvester.session import settings


def register(app: typer.Typer) -> None:
    """Add this module's verb to the command line."""
    app.command("new-site")(new_site)


def new_site(
    site: Annotated[str, typer.Argument(metavar="ID", help="A short lower-case word.")],
    family: Annotated[str, typer.Option(help="Its content management system, as docs/new_site.md tells them apart.")],
    base: Annotated[str, typer.Option(metavar="URL", help="Scheme and host.")],
    region: Annotated[str, typer.Option(metavar="CODE", help="Six digits of GB/T 2260.")] = "310000",
    name: Annotated[str, typer.Option(help="Its name in English.")] = "",
    name_zh: Annotated[str, typer.Option("--name-zh", help="Its name in Chinese.")] = "",
    section: Annotated[str, typer.Option(help="Id of its first section.")] = "tzgg",
    path: Annotated[str, typer.Option(help="Path of that section's first page.")] = "/",
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="A saved page of its list; else it is fetched, once.")] = None,
) -> None:
    """Write fact sheet, spider, saved page and a failing test of a new site, in a checkout of the project."""
    root = checkout(Path.cwd())
    saved = read_page(page)
    written = scaffold(root, NewSite(site, family, base, name, name_zh, region, section, path), saved)
    fetched, cause = fetch_list(site, settings(None)) if saved is None else (None, "")
    if fetched:
        written.append(save_page(root, site, fetched))
    for each in written:
        console().print(str(each.relative_to(root)), markup=False)
    file = page_file(root, site)
    if not file.exists():
        why = f" ({said(_(cause))})" if cause else ""
        told = _("The page was not had{why}: save it as {file}.").format(why=why, file=file.relative_to(root))
        console().print(told, markup=False)
    console().print(
        _("Next: {command}; it fails and says what to do.").format(command=f"pytest tests/spiders/test_site_{site}.py"), markup=False
    )


def read_page(page: Path | None) -> bytes | None:
    """Return the bytes of a saved page; raises WrongCall for a file that cannot be read or is too long."""
    if page is None:
        return None
    try:
        with page.open("rb") as file:
            found = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise WrongCall(f"{page} cannot be read ({error.strerror}); name a saved page.") from None
    if len(found) > MOST_BYTES:
        raise WrongCall(f"{page} has more than {MOST_BYTES} bytes; save the page of the list alone.")
    return found
