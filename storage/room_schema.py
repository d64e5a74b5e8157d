"""The tables of who may come into the reading room: accounts, their sessions, and the keys of their programs.

Nothing in them lets anybody in: passwords, sessions and keys stand there as what they are checked against.
"""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table

from storage.columns import hex_digits, metadata, must, one_of, times, words
from storage.types import UtcTime, Words

ROLES = ("reader", "operator")

accounts = Table(
    "accounts",
    metadata,
    Column("name", Words, primary_key=True),
    words("role"),
    words("password"),
    must("password_at", UtcTime),
    must("provisional", Boolean),
    must("serial", Integer),
    must("created_at", UtcTime),
    words("created_by"),
    Column("login_at", UtcTime),
    Column("removed_at", UtcTime),
    Column("removed_by", Words),
    one_of("role", ROLES),
    CheckConstraint("name <> ''", name="named"),
    CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
    CheckConstraint("(removed_at IS NULL) = (password <> '')", name="password"),
    *times("password_at", "created_at", "login_at", "removed_at"),
)
"""People. ``password`` is an Argon2id hash; ``provisional`` one that somebody else knows, to be changed at the next login; ``serial``
counts how often all that was given out (sessions, keys, addresses of calendars) was ended. Who was removed stays, without a password:
the audit log names people, and a name is never another's."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("account", Words, ForeignKey("accounts.name"), nullable=False),
    must("created_at", UtcTime),
    must("seen_at", UtcTime),
    words("agent"),
    hex_digits("id"),
    *times("created_at", "seen_at"),
    Index(None, "account"),
)
"""Who is logged in. ``id`` is the SHA-256 of what the cookie holds; ``agent`` says which browser, for the person's own list."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Words, primary_key=True),
    Column("account", Words, ForeignKey("accounts.name"), nullable=False),
    words("label"),
    words("role"),
    words("secret"),
    must("created_at", UtcTime),
    Column("used_at", UtcTime),
    Column("ends_at", UtcTime),
    one_of("role", ROLES),
    CheckConstraint("id <> '' AND label <> ''", name="named"),
    hex_digits("secret"),
    *times("created_at", "used_at", "ends_at"),
    Index(None, "account"),
)
"""Keys of programs: ``secret`` is the SHA-256 of the key's secret part; a key never may more than its account."""
