"""What the command line says of a wrong call: of its words, the schedule, runs, sites and moments."""

from __future__ import annotations

from harvester.sentences.forms import Form

PARSER: tuple[Form, ...] = (
    "No such command '{given}'.",
    "Did you mean {choices}?",
    "No such option: {option} (Possible options: {choices}).",
    "No such option: {option}.",
    "Missing command.",
    "Missing argument {parameter}.",
    "Missing option {parameter}.",
    "Choose from: {choices}.",
    "Invalid value for {parameter}: {why}",
    "'{given}' is not one of {choices}.",
    '"{given}" is not one of {choices}.',
    "Input should be a valid integer, unable to parse string as an integer.",
    "Unable to parse input string as an integer, exceeded maximum size.",
    "Input should be a valid number, unable to parse string as a number.",
    "Input should be greater than or equal to {least}.",
    "Input should be less than or equal to {most}.",
    "Got unexpected extra argument(s) ({given}).",
    "Option '{option}' requires an argument.",
    "Option '{option}' does not take a value.",
    "the options stand behind the word: harvester {given} ....",
)
"""What Typer's parser says of a wrong call."""

SCHEDULE: tuple[Form, ...] = (
    "There is no job {given}; jobs are {names}.",
    "{setting_place}: [schedule.{given}] is of no job; jobs are {names}: take it out, or mend its name.",
    "{setting_place}, [schedule.{given}]: {why}; see docs/scheduling.md.",
    "unknown key {given}; known are {names}",
    "cron is five fields in quotes, not {given}",
    'hours is hours in quotes, like "06:00-22:00", not {given}',
    'holidays is "run" or "skip", not {given}',
    "seconds is a number of seconds, not {given}",
    "{key} is a whole number, not {given}",
    "jitter_minutes {given} is from 0 to {most}",
    'holidays {given} is "run" or "skip"',
    "sweep_days {given} is from 0 (every time) to {most}",
    "overlap_days {given} is from 0 to {most}",
    "requests {given} is from 0 (no limit) to {most}",
    "seconds {given} is from 0 (no limit) to a week",
    'hours {given} is no time from one hour to another; write "06:00-22:00", or "22:00-06:00" over midnight',
    "cron {given} cannot be read ({error})",
    "cron {given} names a day that never comes",
    'cron {given} has not the five fields minute, hour, day, month, weekday; write "30 2 * * *" for 02:30 every day',
    "cron {given} has the word {other}, which stands for nothing there",
    "cron {given} names days of the month and of the week; name one of them",
    "cron {given} has {other} for a weekday; write mon-fri, or 1,3,5",
    "cron {given} has the weekday {other}; they go from 0 (Sunday) to 7 (Sunday again)",
    "{job} crawls nothing; leave out --sweep and --since.",
    "The address of {job} is not known today; name one in harvester.toml, [bases].",
    "--since {given} is still to come; write a day on or after which something was listed.",
    "{job} is paused by {who} ({reason}); let it go on with `harvester schedule resume {job}`.",
    "A pause needs a reason; say in a few words why, for whoever finds the job resting.",
    "The pause would end before it begins ({moment}); write a later day or moment.",
    "--until {given} is not within a year from now; write a day or moment that is.",
    "{job} is due at this very moment already: try again.",
    "{most} workers are at work on {store} already: end one of them, or use PostgreSQL for more.",
    "There is no queue in {store}: make one with `harvester db upgrade`.",
    "The queue in {store} was made by an older program ({given}): run `harvester db upgrade`.",
    "The queue in {store} was made by a newer program ({given}): install that program.",
    "The queue's tables cannot be made in {store}: let its owner run `harvester db upgrade`, or grant CREATE on it.",
    "The worker has no store yet: begin it first.",
    "No worker is heard of: start `harvester worker` on one host or more, or derive without --workers.",
)
"""Jobs, their schedules, the queue and its workers."""

MOMENTS: tuple[Form, ...] = (
    "'{given}' is no moment; write a day (2026-06-30), a moment (2026-06-30T08:00), monday, yesterday, 昨天, 周一 or 3d.",
    "'{given}' is no moment ahead; write a day (2026-06-30, of which the end is meant), a moment "
    "(2026-06-30T08:00), tomorrow, monday, 明天, 周一 or 3d (in three days).",
    "{given} is too near the end of the calendar; leave it out, or write an earlier one.",
    "{given} lies before {year}; nothing here is as old: write a later one, for example 2026-06-30.",
    "{given} lies ahead of today ({day}): nobody knows yet what will be said then.",
    "Write today or a day before.",
    "'{given}' is not a date; write it as YYYY-MM-DD, for example 2026-06-30.",
    "{given} is no year that documents are of; write four digits, for example 2026.",
    "{given} is after {other}; write the earlier day first.",
    "{given} is after {other}; write the earlier one first.",
)
"""Days and moments."""

RUNS: tuple[Form, ...] = (
    "Only one run is told at a time: take one of --run, --log and --follow.",
    "--follow prints line by line; take --format table or jsonl.",
    "There is no run {given}, and none at all yet: begin with `harvester crawl SITE`.",
    "There is no run {given}; the latest are {names}: list all of them with `harvester runs`.",
    "There is no run {given}: begin it first.",
)
"""Runs and their logs."""

SITES: tuple[Form, ...] = (
    "there is no site {given}; the sites are {names}; see `harvester sites`.",
    "there is no site {given}; the sites are {names}, and - is the work itself; see `harvester sites`.",
    "there is no record site {given}; the record sites are {names}",
    "there is no site {given}; the sites are {names}",
    "{site} has no section '{given}'; it has {names}; see `harvester sites`.",
    "the address of {site} is not known today: give one with --base {given}; see `harvester sites`.",
    "the address of {site} is not known today: give one with --base, like {given}; see `harvester sites`.",
    "{given} is no base for {site}: give scheme, host and port only, like {other}; see `harvester sites`.",
    "--base {given} does not say for which of the sites; write SITE=URL.",
    "--base {given} is for {other}, which is not crawled here; the sites named are {names}.",
)
"""Sites, their sections and addresses."""
