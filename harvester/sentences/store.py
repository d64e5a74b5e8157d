"""What the store says where it could not do its part of a run or a chore, and what the weekly reading of everything finds damaged."""

from __future__ import annotations

from harvester.sentences.forms import Form

REFUSALS: tuple[Form, ...] = (
    "The store {store} is locked by another process: wait for its end or stop it, then try again.",
    "No room is left for the store {store}: free some space and run again; nothing of the last step was kept.",
    "The store {store} is damaged ({error}): restore it from a backup with `harvester db restore`.",
    "The store {store} cannot be used ({error}): check the file, its folder and their permissions.",
    "The store {store} cannot be reached ({error}): check the URL and that the server runs.",
    "There is no store in {store}: make one with `harvester db upgrade`.",
    "The store {store} was made by a newer program (schema {schema}): install that program, or use another store.",
    "The store {store} was made by an older program (schema {schema}): run `harvester db upgrade`.",
    "No room is left for the archive ({folder}): free some space and run the crawl again.",
    "The archive folder {folder} cannot be written ({error}): check its path and permissions, then run again.",
    "The archive file {file} cannot be written ({error}): check the disk, then run again.",
    "The archive file {file} exists already: begin a run with a new name.",
)

DAMAGE: tuple[Form, ...] = (
    "The store {store} is damaged ({error}): restore it from a backup.",
    "The text of {document} in the store is not the one that was written: {mend}.",
    "The task {task} in the store does not say what was written: {mend}.",
    ("{n} row of the table {table} names rows that are not there: {mend}.",
     "{n} rows of the table {table} name rows that are not there: {mend}."),
    ("The archive file {file}, with {n} specimen of the store, {what}: {mend}.",
     "The archive file {file}, with {n} specimens of the store, {what}: {mend}."),
    ("The archive file {file}, with {n} capture of the store, {what}: {mend}.",
     "The archive file {file}, with {n} captures of the store, {what}: {mend}."),
    ("Of the archive file {file} {n} record of the store cannot be read (the first: {words}): {mend}.",
     "Of the archive file {file} {n} records of the store cannot be read (the first: {words}): {mend}."),
    "The archived record {place} {what}: {mend}.",
    "The archived record {place} {what}",
    "The archive file {file} is damaged ({error}): {mend}.",
    "An erasing in {file} was never finished: run `harvester takedown`.",
    "at {offset} it was taken down, and the store shows it",
)  # fmt: skip

WHAT: tuple[Form, ...] = (
    "is missing",
    "ends at byte {size} of {end}",
    "is cut short",
    "lies outside the archive",
    "holds another payload than the store says",
    "refers to a record without a payload",
    "is another one than the store says",
    "is no printed record",
    "does not begin and end where the store says",
    "cannot be read ({error})",
)

MENDS: tuple[Form, ...] = (
    "restore it from a backup, or read it again with `harvester derive`",
    "restore it from a backup; until then nothing can be proposed or proven by these pages",
    "restore it from a backup, or crawl its pages again with --recheck all",
    "restore it from a backup, or crawl the records again with --recheck all",
    "restore the file from a backup, or crawl the page again with --recheck all",
    "restore the file from a backup, or crawl the record again",
    "restore it from a backup, then run `harvester takedown`",
)
