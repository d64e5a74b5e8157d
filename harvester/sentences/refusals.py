"""What the command line says where it cannot do what was asked: of questions, of what is not there, of files and decisions."""

from __future__ import annotations

from harvester.sentences.forms import Form

ASKED: tuple[Form, ...] = (
    "'{given}' is not a region code; give the six digits of GB/T 2260, for example 310000 for Shanghai.",
    "'{given}' is none of what {option} takes; choose among {names}.",
    "{given} are two kinds of public records; ask for one at a time.",
    "that looks like a number of a natural person; records are found by the unified codes of legal subjects only.",
    "that is the code of an individual business, which is treated as a person: nothing is kept or found by such a code.",
    "'{given}' is no unified social credit code (18 characters), organisation code (9) or registration number (15 "
    "digits); see `harvester codes`.",
    "No body is called {name}: {why}",
    "did you mean {given}?",
    "look it up with `harvester agencies --name PIECE`.",
    "A search takes {most} letters at most: leave some away, or look for a part of the sentence.",
    "explain tells one record; take --format table or json.",
    "dossier tells one subject; take --format table or json.",
    "watch show tells one watch; take --format table or json.",
    "records are not grouped by {given}; choose among {names}.",
    "there is no view '{given}'; choose one of {names}.",
    "There is no view '{given}': choose one of {names}.",
    "the view '{given}' is written whole; filters go with notices, {names}: leave them out.",
    "{given} cannot be filtered by {names}; leave that out.",
    "The database does not understand this ({error}): correct the statement; the data dictionary has names.",
    "This may not be asked ({error}): read the views of the data dictionary, with the functions listed there.",
    "Only one SELECT (or WITH … SELECT) is run here: write one over the views of the data dictionary.",
    "The answer needs more memory than a question may take: narrow it, or ask for less at once.",
    "The statement has {n} characters, and at most {most} are read: make it shorter.",
    "{document} was withdrawn by its publisher; nothing of it is cited.",
)
"""Questions of the store."""

FOUND: tuple[Form, ...] = (
    "There is nothing called {given} in the store: list what there is with `harvester documents`.",
    "There is no document {given} in the store: list what there is with `harvester documents`.",
    "There is no task {given} in the store: list what there is with `harvester tasks`.",
    "There is no work or document {given} in the store: list what there is with `harvester works`.",
    "There is no version {n} of {document} any more: ask for the document again.",
    "There is no record {given}: take its id from `harvester notices`.",
    "What was taken down is not shown.",
    "The record {given} may no longer be shown: list what there is with `harvester notices`.",
    "The record {given} is not in the store: list what there is with `harvester notices`.",
    "No edition of {document} of the year {year} is known, only of {given}: tie one with `harvester works tie A B --as edition`.",
    "{document} was not published yet on {day}, only on {given}: name a later day, or {other}.",
    "There is no objection {given}: `harvester objections` lists them.",
    "Objection {given} was decided on {other}: take in a new one.",
    "There is no report {given}: `harvester corrections list` lists them.",
    "There is no watch {given}: list what there is with `harvester watch list`.",
    "There is a watch {given} already: choose another name, or remove it with `harvester watch remove {given}`.",
    "There is no delivery {given}: list what there is with `harvester watch deliveries`.",
    "There is no decision {given} in force: list what there is with `harvester review decisions`.",
    "There is no decision {given} on works in force: list what there is with `harvester works decisions`.",
    "There is no account {given}: list what there is with `harvester accounts list`.",
)
"""What there is not."""

NAMED: tuple[Form, ...] = (
    "there is no file {given}; check the path.",
    "there is no file {given}, and it is no document's id; list those with `harvester documents`.",
    "{given} is a folder; name the files in it, for example {other}.",
    "{given} cannot be opened ({error}); check its permissions.",
    "{given} is a device, a pipe or a socket; write what it gives to a file and name that.",
    "{given} is larger than {most} MiB, more than any document of a site; split it and name its parts.",
    "{given} names no day of the calendar; write it as ID@YYYY-MM-DD, for example {other}.",
    "{given} has no ending that tells its form; use one of {names}.",
    "{given} has no ending that tells its form: use one of {names}.",
    "{given} has no ending that tells its form; use one of {names}, or say --format.",
    "'{given}' is no layout of a docx; choose one of {names}.",
    "a docx is not for the terminal; name a file with --to, for example --to comparison.docx.",
    "{given} is one of the files to compare and would be lost; name another file with --to.",
    "{given} cannot be written ({error}): choose a folder that exists and may be written.",
    "{given} cannot be written ({error}); choose another place with --to.",
    "No room is left for {given}: free some space, then run again.",
    "{given} papers cannot be put beside one another; name from 2 to {most}.",
    "{given} marks no tasks; name papers that divide tasks, or put it last with --against paragraphs.",
    "{given} is empty; give a list with a code a line, or a table with a column of codes.",
    "{given} has no column of codes; name the heading of one with --column, or give a list with a code a line.",
    "standard input is closed; name a file, or send the list through a pipe.",
    "The settings file {given} has {n} characters; at most {most} are read: shorten it.",
    "The settings file {given} is not UTF-8 (byte {n}); save it as UTF-8.",
    "The settings file {given} cannot be read ({error}); make it readable or name another with HARVESTER_CONFIG.",
    "The settings file {given} is not TOML ({error}); mend it or name another with HARVESTER_CONFIG.",
)
"""Files that are read and written, the settings' too."""

DECIDED: tuple[Form, ...] = (
    "a decision needs the name of who makes it; give --by NAME, or set HARVESTER_OPERATOR once.",
    "a decision is on a mention of 1 to {most} characters; copy it from `harvester review`.",
    "a decision is one line of printable characters; take line breaks and control characters out of it.",
    "'{given}' is no kind of body; use one of {names}.",
    "there is no region {given}; give a code of GB/T 2260 from `harvester review`, or {other}.",
    "{given} is not in the queue; say where the decision holds with --region CODE, or --region any for all documents.",
    "{given} waits in documents without a home region; say where the decision holds with --region CODE, or --region any for all documents.",
    "{given} waits in documents of several home regions ({other}); say which with --region CODE or --region any.",
    "the decision on {given} names no body; give --name, or another --kind ({names}).",
    "the gazetteer knows no {given}; near are {other}: name one, or add --new to enter it as a body of its own.",
    "the gazetteer knows no {given}; name another, or add --new to enter it as a body of its own.",
    "{given} cannot be {other} and no agency at once; leave out --name or --kind.",
    "a take-down acts on today's terms; --on goes with --dry-run.",
    "an objection says what is objected to; give it with --statement.",
)
"""Decisions, objections and take-downs."""
