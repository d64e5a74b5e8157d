"""What failures say: why something was not had. ``spiders``, the middlewares and the keeper of a run write them."""

from __future__ import annotations

from harvester.sentences.forms import Form

ANSWERS: tuple[Form, ...] = (
    "answered with status {status}",
    "answered with a part (status 206)",
    "looks like {sign}",
    "says nothing but {sign}",
    "is a {page_kind} page that ends before its end",
    "answered with an empty file",
    "answered with a page where a file was asked for",
    "answered with plain text where a {suffix} file was asked for",
    "no secure connection: the certificate is for another name",
    "no secure connection: the handshake failed",
    "no secure connection: {words}",
    "unpacks to more than {most} bytes",
    "cannot be unpacked ({words})",
    "answered {status} with a redirect to itself",
    "redirects to {shown}, which is no web address",
    "its address leads to the listed document {document}",
    "page {page} repeats the items of an earlier page",
    "page {page} repeats the rows of an earlier page",
    (
        "has {n} file, more than the {most} that its fact sheet allows; the others are left",
        "has {n} files, more than the {most} that its fact sheet allows; the others are left",
    ),
    "reading it failed: {words}",
    "keeping it failed: {words}",
    "{exception}: no more is known",
    "{exception}: {error}",
)

BORDERS: tuple[Form, ...] = (
    ("the address has {n} character, more than {most}", "the address has {n} characters, more than {most}"),
    "the crawl of this site has ended",
    "the budget of the due run is spent",
    "{shown} is no web address",
    "{host} is an address of a private network",
    "{host} leads to the private address {address}",
    "{host} is not a host of {site}",
    "robots.txt of {host} forbids this address",
    "robots.txt of {host} answered with status {status}, so nothing is crawled",
    "robots.txt of {host} is a page, so nothing is crawled",
    "robots.txt of {host} could not be fetched ({exception}), so nothing is crawled",
    "robots.txt of {host} asks for {seconds} s between requests, more than the {most} a crawl can wait",
    "robots.txt of {host} could not be asked for, so nothing is crawled: {words}",
)

PAGES: tuple[Form, ...] = (
    "{url} has no list: none of {rules_tried} matches; run `harvester check {site}`",
    "{url} has a list of which no line is read: none of {rules_tried} matches; run `harvester check {site}`",
    "{url} has no body: none of {rules_tried} matches; run `harvester check {site}`",
    "{url} has no datastore with the records; run `harvester check {site}`",
    "{url} did not answer with success and data.html; run `harvester check` for the site",
    "{url} names no unit call for its list ({unit}); run `harvester check {site}`",
)

RECORD_PAGES: tuple[Form, ...] = (
    "{url} answered with nothing",
    "{url} answered with no JSON: look at the address, then at the family of its section in the fact sheet",
    "{url} answered with JSON that cannot be read to its end",
    "{url} answered with a list where an object was asked for",
    "{url} answered with an error code",
    "{url} answered without {name}: the interface changed, or something else answered",
    "{url} answered with something else than an array in {name}",
    "{url} does not say how much there is ({name}): the interface changed, or something else answered",
    "{url} has no dataStore: the interface changed, or something else answered",
    "{url} has a dataStore that does not end",
    "{url} makes no call for its records (proxyUrl, totalRecord): the page changed, or another answered",
    "{url} answered without data: the interface changed, or something else answered",
    "{url}: records of {site} {section} have no page of their own",
    "{url} answered without a row",
    "{url} answered without the record",
    "{url} answered with an object that has no {name}: the interface changed",
    "{url} does not say how many pages there are (page.totalPage): the interface changed",
    "{url} answered with a page that ends inside its table",
    "{url} has no list: {rules_tried} matches nothing; mend the fact sheet of {site}",
    "{url} has no record: {rules_tried} with {name} matches nothing; mend the fact sheet of {site}",
    "{url} has no record: {rules_tried} matches nothing; mend the fact sheet of {site}",
    "{url} names no list: the script changed, or something else answered",
    "{url} answered without a row where some are stated",
    "{url} answered without a row where none are stated",
)

FILES: tuple[Form, ...] = ("{words} It is not kept, since it may hold personal data that cannot be masked.",)
FAILURES = (*ANSWERS, *BORDERS, *PAGES, *RECORD_PAGES)
