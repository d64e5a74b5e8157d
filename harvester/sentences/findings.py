"""What findings and incidents say: of a section, of a site, of the work itself. ``harvester.monitoring`` and the chores write them."""

from __future__ import annotations

from harvester.sentences.forms import Form

OF_A_SECTION: tuple[Form, ...] = (
    "Section {section}: {said}",
    ("{n} page of its list failed ({cause}).", "{n} pages of its list failed ({cause})."),
    "{n} of its pages and files failed ({cause}).",
    ("it states {n} item and lists {listed}.", "it states {n} items and lists {listed}."),
    ("its list shows {n} item.", "its list shows {n} items."),
    ("its list shows {n} item, usually {usual}.", "its list shows {n} items, usually {usual}."),
    "fields are filled less than promised or usual: {fills}.",
    "nothing new since {day}.",
    ("{n} request was made for {errands} pages and files.", "{n} requests were made for {errands} pages and files."),
    "{missing} of {asked} documents that its list names are not at their address.",
    ("{n} of {cells} cells of its tables belongs to no task.", "{n} of {cells} cells of its tables belong to no task."),
    ("{n} of {seen} labels is unknown: {labels}.", "{n} of {seen} labels are unknown: {labels}."),
    ("{n} of {seen} labels is unknown: each stands once.", "{n} of {seen} labels are unknown: each stands once."),
    "it has new labels: {labels}.",
    (
        "{n} page is in another charset or declares one: {charsets}.",
        "{n} pages are in another charset or declare one: {charsets}.",
    ),
    ("{n} of {stated} items is out of reach.", "{n} of {stated} items are out of reach."),
    "its pages are built otherwise than the last good ones.",
    "selectors find nothing any more: {rules}.",
)

SEEN_AND_EXPECTED: tuple[Form, ...] = (
    ("{n} list page", "{n} list pages"),
    "every list page",
    "{n} failed",
    "none failed",
    ("{n} item", "{n} items"),
    "at least {value}",
    "at least {left} GiB",
    "at most {value}",
    "about {value}",
    "{fills}",
    ("{n} working day", "{n} working days"),
    "{value} a page",
    "labels seen before",
    "found nothing",
    "found on nearly every page before",
    "{verdict}",
    "killed",
    "no worker",
    "at least one",
    "{state}",
    "{state}: {words}",
    "{n} given up",
    "none given up",
    ("{n} problem", "{n} problems"),
    "none",
)
"""What a finding says was seen, and what was expected, in a word or two."""

OF_THE_WORK: tuple[Form, ...] = (
    "{failure}.",
    "The site was not read completely since {day}.",
    "The site was not read completely ever.",
    "The last run was killed, and nobody took it over.",
    "{job}: what was due at {moment} UTC was not done.",
    (
        "{n} due run waits for a worker, the first since {moment} UTC.",
        "{n} due runs wait for a worker, the first since {moment} UTC.",
    ),
    "The disk of the {disk} has {left} GiB left of {whole} GiB.",
    "Deliveries of the watch {watch} could not be made.",
    (
        "{n} place of the archive or the store is damaged; the first: {words}",
        "{n} places of the archive or the store are damaged; the first: {words}",
    ),
)
