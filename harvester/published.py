"""Where a document was published, and what is known of it from outside: from its answer, its page, its list and its site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from normalizers.records import Hints
from spiders.base import SiteSpider
from spiders.items import ArticleCapture, AttachmentCapture, Capture
from storage.records import Publication

Document = ArticleCapture | AttachmentCapture


def media_type(capture: Capture) -> str:
    """Return the media type a capture was declared to have, without its parameters, in lower case."""
    declared = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    return declared.partition(";")[0].strip().lower()


def declared_charset(capture: Capture) -> str:
    """Return the charset a capture was declared to have, empty when none was."""
    declared = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    return declared.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")


def publication_of(item: Document) -> Publication:
    """Return where a document was published, without its hints."""
    capture = item.capture
    if isinstance(item, AttachmentCapture):
        name = item.attachment.name
        return Publication(
            capture.site, capture.section, item.attachment.key, capture.kind, capture.url, name, item.entry.listed_on, item.entry.key
        )
    title = item.article.title or item.entry.title
    return Publication(capture.site, capture.section, item.entry.key, capture.kind, capture.url, title, item.entry.listed_on)


def hints_of(item: Document, spider: SiteSpider) -> Hints:
    """Return what is known of a payload from its page, its list and its site.

    A file is a document of its own: it shares its article's issuers and dates, but not its number, by which texts are told apart.
    """
    article, entry, sheet = item.article, item.entry, spider.sheet
    shared = Hints(
        media_type=media_type(item.capture),
        charset=declared_charset(item.capture),
        issuers=article.issuers,
        issued_on=article.issued_on,
        published_on=article.published_on or entry.listed_on,
        region=sheet.region,
        source=article.source,
    )
    if isinstance(item, AttachmentCapture):
        name = item.attachment.name
        return replace(shared, file_name=name, title=PurePosixPath(name).stem)
    return replace(
        shared,
        charset=sheet.charset or shared.charset,
        title=article.title or entry.title,
        document_number=article.document_number,
        body=article.body,
    )
