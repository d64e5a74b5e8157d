"""What runs and due runs say of themselves: what lists lack, why a run ended early, what became of what was due."""

from __future__ import annotations

from harvester.sentences.forms import Form

LISTS: tuple[Form, ...] = (
    "Section {section} lacks page {page_numbers} of {page_count}.",
    (
        "Section {section} has more than the {n} page that its fact sheet allows (limits, list_pages).",
        "Section {section} has more than the {n} pages that its fact sheet allows (limits, list_pages).",
    ),
    "Section {section} repeats earlier items on page {page_numbers}.",
    ("Section {section} states {n} document and lists {listed}.", "Section {section} states {n} documents and lists {listed}."),
)

RECORDS: tuple[Form, ...] = (
    "{part} was not read.",
    "The site shows {shown_pages} of the {all_pages} pages of {part}.",
    (
        "The site shows {shown_pages} of the {all_pages} pages of {part}; {n} of its {stated} records cannot be reached.",
        "The site shows {shown_pages} of the {all_pages} pages of {part}; {n} of its {stated} records cannot be reached.",
    ),
    "{part} has {more_pages} pages; the fact sheet allows {most} (limits, list_pages).",
    "{part} lacks page {page_numbers} of {page_count}.",
    "{part} has fewer rows than its other pages on page {page_numbers}.",
    "{part} was not read to its end: the crawl was limited by its caller.",
    ("{part} states {n} record and lists {listed}.", "{part} states {n} records and lists {listed}."),
    ("{part} prints {n} row twice on one page.", "{part} prints {n} rows twice on one page."),
    (
        "{part} has {n} row that says something else under the key of another row: it was left out (identity).",
        "{part} has {n} rows that say something else under the key of another row: they were left out (identity).",
    ),
    (
        "{part} has {n} row without a key, which was left out.",
        "{part} has {n} rows without a key, which were left out.",
    ),
    ("{n} listed record of {part} could not be read.", "{n} listed records of {part} could not be read."),
    (
        "{section} states {n} record; its parts together list {listed}.",
        "{section} states {n} records; its parts together list {listed}.",
    ),
    "… and {n} more of this kind.",
    "{part} is linked with the id of {other_part}: its own records cannot be reached",
)

ENDS: tuple[Form, ...] = (
    "The crawl was stopped before its end ({stop}).",
    "The budget of the due run is spent; left to the next run: at least {left_over}.",
    ("{n} list page", "{n} list pages"),
    ("{n} new document or record", "{n} new documents or records"),
    ("{n} stored one to be looked at again", "{n} stored ones to be looked at again"),
    (
        "The crawl was limited by its caller ({n} listed document left out), so its coverage is not judged.",
        "The crawl was limited by its caller ({n} listed documents left out), so its coverage is not judged.",
    ),
    "The crawl was limited by its caller (some listed documents left out), so its coverage is not judged.",
)

DUE: tuple[Form, ...] = (
    "{verdict} (run {run})",
    "{verdict}: {cause} (run {run})",
    "paused: {reason}",
    "the due run of {moment} stands for it: nothing is crawled twice to make up for lost time.",
    "The moments before it have no rows.",
    "taken over from the worker {worker}, which ended at it (attempt {attempt} of {most}).",
    "given up: {n} workers ended at it, the last one was {worker}; look at its log, then `schedule run`.",
    (
        "{folder}: the database ({megabytes} MB) and {n} file of the archive",
        "{folder}: the database ({megabytes} MB) and {n} files of the archive",
    ),
    "stopped with its worker",
    "run {run}: stopped with its worker",
    "the crawl did not begin; see its log",
    "the crawl's process ended without a result; see its log",
    "{exception}: this was not foreseen; see the log",
    "Another run of {site} is under way: this one begins after its end.",
    "{url} is not the worker's store any more: nothing is crawled into another one; put it back.",
    "Another run of {site} is under way: wait for its end or stop it, then try again.",
    "Another run of {site} began while the database was out of reach: this one ends, that one goes on.",
    "The run {run} was taken for killed while the database was out of reach: what it lacks the next run brings.",
    "`harvester watch run` tells the watches already.",
    "the upkeep failed in a way that was not foreseen ({exception}); see the log",
    "The connection to the queue was lost.",
    "{words} The worker tries again in {seconds} s.",
    "The database does not answer: the worker ends without it, and another takes its work over.",
)
