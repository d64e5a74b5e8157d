"""What the reading room says where it does not answer a request."""

from __future__ import annotations

from harvester.sentences.forms import Form

ROOM: tuple[Form, ...] = (
    "The address cannot be read: follow a link of this room, or begin at its first page.",
    "The address is too long: ask for less at once.",
    "The answer takes longer than {n} seconds: narrow the question, or ask for less at once.",
    "The form did not arrive in time.",
    "The form is out of date: load the page again and send it once more.",
    "The header Host is missing or cannot be read: name the room's own host.",
    "The request comes from another site: open the page here and do it there.",
    "The request names two lengths: send one.",
    "There are too many headers: send fewer.",
    "This is for people who are logged in, not for programs, nor for a room that is open without accounts.",
    "This room does not answer to that name: use the address by which it was opened.",
    "This room is open to this machine alone and takes nothing from a proxy: start it with --base.",
    "More was asked than one person may in a minute.",
    "More was sent than the room takes in at once.",
    "Too much that is heavy is under way: wait a little, then ask again.",
)
"""Requests that are refused, by their head, their size, their number or their time."""
