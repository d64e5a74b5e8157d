"""What is refused now and then: files of decisions, new sites, reports of readers, how the room is opened, what its pages have not."""

from __future__ import annotations

from harvester.sentences.forms import Form

LOADED: tuple[Form, ...] = (
    "{given}, line {n}: {why}",
    "{given} has more than {most} lines; split it.",
    "{given} lacks the column {name}; its first line must name columns out of {names}.",
    "{given} has an unknown column {name}; its first line must name columns out of {names}.",
    "there are more cells than columns; quote cells that hold commas.",
    "this is no CSV ({error}); quote cells that hold commas or quotation marks.",
    "'{given}' is no region; give six digits of GB/T 2260, or {other}.",
    "'{given}' is not a date; write it as YYYY-MM-DD.",
    "{site} has no proposal {given} that is {other}; see `harvester drift {site}`.",
    "The channel {channel} has no {given}, and one of its kind needs it: put it into a file or an environment variable, "
    "and say which with {name}_file or {other}_env in [channels.{reason}]; see docs/watches.md.",
)
"""Files of decisions, proposals."""

MADE: tuple[Form, ...] = (
    "{given} exists already; choose another id, or mend that site.",
    "{given} is no id for a site; take a short lower-case word like wuxi or wuxi_credit.",
    "there is no family {given}; known are {names}. `docs/new_site.md` tells them apart.",
    "{given} is no base; give scheme and host only, like https://credit.example.cn.",
    "{given} is no region; give the six digits of GB/T 2260.",
    "{given} has more than {most} bytes; save the page of the list alone.",
    "{given} cannot be read ({error}); name a saved page.",
    "There is no fault {given}; choose one of {names}.",
    "There is no reach {given}; choose one of {names}.",
    "There is no replica site {given}; choose among {names}.",
    "{site} has no section {given}; choose one of {names}.",
    "standard input gives more than {most} MiB; split the list and give its parts.",
    "{given} has no column {name}; it has {names}.",
)
"""New sites, replicas, lists of codes."""

REPORTED: tuple[Form, ...] = (
    "That is no address of this room; use the link 这里不对 beside what is wrong.",
    "A dossier puts records together; report the record that is wrong.",
    "No fact is called so here; use the link 这里不对 beside what is wrong.",
    "There is nothing at that address of this room; use the link 这里不对 beside what is wrong.",
    "A report says what is wrong: write it in a sentence.",
    "A report has at most {most} characters; say it shorter.",
    "There were {n} reports in the last hour: send this one later, or put several into one.",
    "There is no record {given}: what was taken down is not shown.",
    "'{given}' is no answer: use {name}, {other} or {reason}.",
    "An answer says in public what was wrong: write it in a sentence.",
    "A report that is declined needs the reason: write it in a sentence.",
    "The day of mending belongs to what is mended, and to nothing else: give it with that state.",
    "{given} is after {other}: write from when it was wrong.",
    "There is no ending {given} that waits for a decision: look at `v_endings`.",
    "{given} is none of the records that this ending may mean: choose among those listed.",
    "A snooze says why and by whom: give a reason, and set `operator` in the settings.",
    "A snooze ends in the future, not on {moment} UTC: give a later day.",
    "Nothing of {words} is snoozed: see `harvester incidents`.",
    "Nothing of {words} is snoozed for {cause}: see `harvester incidents`.",
    "'{given}' is no tie: use one of {names}.",
)
"""Reports of readers, their answers, endings, snoozes."""

OPENED: tuple[Form, ...] = (
    "The table [room] of the settings knows no {given}; known are {names}.",
    "The setting room.{key} cannot be {given}; give a whole number above zero (docs/access.md).",
    "The setting room.{key} cannot be {given} ({why}); see docs/access.md for what it takes.",
    "{name} would let anybody speak for a proxy: name its own address, or a private network",
    "TLS needs a certificate and its key: give both --tls-cert and --tls-key.",
    "The certificate or its key cannot be used ({error}); mend --tls-cert and --tls-key.",
    "{given} is no loopback address, so readers need an address to come by: give --base https://NAME, with --tls-cert and "
    "--tls-key, or behind a proxy that speaks TLS (docs/access.md).",
    "At {given} passwords would travel in the clear: give a --base of https, or --insecure in a network that you trust.",
    "With a certificate the address of the room begins with https: mend --base.",
    "At {given} the room would speak plain HTTP to everybody: give --tls-cert and --tls-key, name the proxy that speaks "
    "TLS with --proxy ADDRESS, or listen at 127.0.0.1 behind it.",
    "A room that others can reach needs an operator: make one with `harvester accounts add NAME --role operator`.",
    "'{given}' is no address of a room: write it as https://credit.example.cn, without a path.",
    "there is no address {given} on this machine ({error}); choose another --host.",
    "nothing can listen at {given} port {n} ({error}); choose another --port.",
    "Too many people are logging in at this moment: try again in a minute.",
    "The two new passwords differ: type them again.",
    "The new password is the present one: choose another.",
    "There is no such role: choose reader or operator.",
    "The answer took too long: narrow the question.",
)
"""How the reading room is opened, and accounts in it."""

SHOWN: tuple[Form, ...] = (
    "One of the texts cannot be read from the archive: {words}",
    "There is no site {given}: /operations lists those there are.",
    "The archive does not hold the bytes of specimen {n}: its skeleton is at /operations/specimens/{number}.",
    "There is no specimen {n}: the page of its site lists those there are.",
    "{given} is no address of a document: try the box above.",
    "{given} is no address of a clause: write one like s3.2, art5 or tab1.r7.",
    "There is no document {given} in the store: try the box above, or /documents.",
    "{given} is no day of the calendar: write /d/{other}@2025-06-30.",
    "No version of {document} has {given}: see /d/{other} for what it has.",
    "{document} has no {given} in version {n}: see /d/{other} for what it has.",
    "There is no version {given} of {document}: its versions are at /d/{document}/history.",
    "Nothing was known of {given} by then: leave `known_at` out.",
    "This cursor was given by no page: leave it away to begin with the first page.",
    "This cursor belongs to another question: leave it away, or ask with the filters that it came with.",
    "A page of {given} rows cannot be made: ask for 1 to {most}.",
    "Bodies have no order {given}: choose one of {names}.",
    "more than one statement, or none that reads",
    "a form that is not known here",
    "not understood: {error}",
    "too deeply nested",
    "too large or too deeply nested",
    "the function {name}",
    "the part {name}",
    "the word {name}",
    "the number {name}",
    "the table {name}",
    "this type",
    "{given} of a table",
    "a table of its own called {name}",
)
"""What pages and statements have not."""
