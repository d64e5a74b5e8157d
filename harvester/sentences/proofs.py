"""What proofs, proposals and checks of selectors say of the pages that they were read from."""

from __future__ import annotations

from harvester.sentences.forms import Form

PROOFS: tuple[Form, ...] = (
    "{url}: no line is read",
    "{url}: {known} of {lines} lines are known",
    "{url}: {undated} of {lines} lines have no day",
    ("{url}: {n} line has another day than is known", "{url}: {n} lines have another day than is known"),
    (
        "{url}: {n} line, and the last good page of this list had {lines}; "
        "if the list is that short now, write its rules into the sheet by hand",
        "{url}: {n} lines, and the last good page of this list had {lines}; "
        "if the list is that short now, write its rules into the sheet by hand",
    ),
    ("{url}: {n} of {lines} lines is a document of other sections", "{url}: {n} of {lines} lines are documents of other sections"),
    ("{url}: {n} line has another day than other sections say", "{url}: {n} lines have another day than other sections say"),
    "{url}: only {known} of {lines} lines are known of this section or new at its head",
    ("{url}: {n} document in the box of the list is no line", "{url}: {n} documents in the box of the list are no line"),
    (
        "{url}: {n} known document stands outside the box of the list, which has {lines} lines",
        "{url}: {n} known documents stand outside the box of the list, which has {lines} lines",
    ),
    "{url}: the pager no longer says how many pages there are",
    "{url}: no text is read",
    "{url}: read otherwise than before: {fields}",
    "{url}: a page that was good is read otherwise",
    "no page of a document whose text is known was kept",
    (
        "of {n} known document only {derived} has the text that is stored",
        "of {n} known documents only {derived} have the text that is stored",
    ),
    "no bad page is kept that it could be proven on",
)

REASONS: tuple[Form, ...] = (
    (
        "No body of a bad page was kept ({n} may name somebody): look at the site and mend the sheet by hand.",
        "No body of a bad page was kept ({n} may name somebody): look at the site and mend the sheet by hand.",
    ),
    "The pages hold no link at all: the list comes by another way than family {family} knows. "
    "That is no matter of selectors; give the site another family (docs/new_site.md).",
    "The pages name fewer than {least} documents that are known of this section, so nothing says where its list is; "
    "the addresses of the documents may have changed, too.",
    "The list was found, and nothing on the page names what is around it.",
    "The list was found, and nothing tells its lines from what stands between them.",
    "None of the kept pages is of a document whose text is known, so nothing says where a page's text is.",
    "The known text was not found in one element of each page, or nothing names that element.",
)

CHECKS: tuple[Form, ...] = (
    "allows what was asked",
    "certificate is right",
    "none",
    ("{n} byte", "{n} bytes"),
    "{charset}, declared nothing",
    "{charset}, declared {charset_declared}",
    "no signs",
    "{days} of {lines}",
    "{score} from the last good {page_kind}",
)
"""What a check shows in the place of a selector."""
