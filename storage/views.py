"""The views for readers: plain names, one meaning each, the same columns on SQLite and PostgreSQL. ``docs/store.md`` describes them.

They hold nothing, so they are dropped and made again at every upgrade.
"""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

from sqlalchemy import Connection, text

from storage import notice_views
from storage.places import LAST

WHOLE = 5
"""A reprint holds the whole text when it has at least four in ``WHOLE`` of the tasks that the fullest copy of the work has."""

# Documents and tasks are shown from their lines (``storage.lines``): plain joins, whatever is asked of them.
_DOCUMENTS = """
SELECT l.document_id AS document, l.version, l.work_id AS work, l.site, l.section, l.kind, l.parent_id AS parent, l.url, l.title,
    l.document_number, l.issued_on, l.published_on, l.listed_on, l.document_kind, l.printed_on, l.effective_on, l.expires_on,
    l.index_number, l.region, l.region_basis, l.plan_start, l.plan_end, l.state, l.state_since, l.tasks, l.copies, l.counted,
    l.format, l.suggestions, l.normalizer_version, k.first_seen, k.last_seen, k.last_checked
FROM document_lines l LEFT JOIN clocks k ON k.document_id = l.document_id
"""

_VERSIONS = """
SELECT v.document_id AS document, v.number AS version, v.change, v.in_force_from, v.title, v.document_number, v.issued_on,
    v.published_on, v.document_kind, v.printed_on, v.effective_on, v.expires_on,
    v.plan_start, v.plan_end, v.content_hash, v.task_count AS tasks, v.normalizer_version, v.known_at, c.fetched_at AS first_seen,
    coalesce(b.last_seen, CASE WHEN v.number = d.version THEN k.last_seen END) AS last_seen,
    coalesce(b.last_checked, CASE WHEN v.number = d.version THEN k.last_checked END) AS last_checked,
    c.url, c.fetched_at, c.sha256, c.file, c.file_offset, c.file_length
FROM versions v JOIN captures c ON c.id = v.capture_id JOIN documents d ON d.id = v.document_id
LEFT JOIN version_clocks b ON b.document_id = v.document_id AND b.version = v.number
LEFT JOIN clocks k ON k.document_id = v.document_id
"""

_FEED = """
SELECT f.seq, f.known_at, f.as_of, f.entity, f.entity_id, f.kind, f.cause, f.copy, f.site, f.section, f.region, f.document_id AS document,
    f.version, f.work_id AS work, CASE WHEN v.title <> '' THEN v.title ELSE d.title END AS title, d.url,
    CAST(f.fields AS TEXT) AS fields, CAST(f.before AS TEXT) AS before, CAST(f.after AS TEXT) AS after,
    CAST(f.evidence AS TEXT) AS evidence, f.run, f.list_name, f.colour, f.record_kind, f.reason
FROM changes f LEFT JOIN documents d ON d.id = f.document_id
LEFT JOIN versions v ON v.document_id = d.id AND v.number = d.version
"""

_CHANGES = """
SELECT f.* FROM v_feed f LEFT JOIN documents d ON d.id = f.document
WHERE f.cause = 'source' AND NOT f.copy AND f.kind <> 'restated' AND (d.id IS NULL OR d.state <> 'withdrawn' OR f.kind = 'withdrawn')
"""


_TASKS = f"""
SELECT t.id AS task, t.document_id AS document, t.version, l.work_id AS work, l.site, l.region, l.title, l.document_number, l.published_on,
    l.state, l.counted, l.url, t.ordinal, t.number, t.section, t.text, s.lead, s.partner, s.responsible, s.implied, t.open_list,
    t.deadline_text, t.deadline_start, t.deadline_end, t.deadline_kind, t.deadline_basis,
    t.evidence_start, t.evidence_end, t.address, t.rule, t.confidence, t.fingerprint, t.lasting_id
FROM task_lines s JOIN tasks t ON t.id = s.task_id JOIN document_lines l ON l.place = (s.place | {LAST})
"""

_TASK_AGENCIES = f"""
SELECT a.task_id AS task, l.document_id AS document, l.version, {LAST} - (s.place & {LAST}) AS ordinal, a.role, a.position, a.mention,
    a.name, a.agency_id AS agency, a.kind, a.resolved, a.rule
FROM task_agencies a JOIN task_lines s ON s.task_id = a.task_id JOIN document_lines l ON l.place = (s.place | {LAST})
"""

_AGENCIES = """
SELECT a.id AS agency, a.name, a.kind, a.region, a.level, a.valid_from, a.valid_to, a.successor, a.source,
    (SELECT count(*) FROM agency_names n WHERE n.agency_id = a.id) AS names
FROM agencies a
"""

_CAPTURES = """
SELECT c.id AS capture, c.run, c.site, c.section, c.kind, c.url, c.status, c.media_type, c.fetched_at, c.file, c.file_offset,
    c.file_length, c.sha256, c.revisit
FROM captures c
"""

_RUNS = """
SELECT r.id AS run, r.site, r.started_at, r.ended_at, r.verdict, r.cause,
    (SELECT count(*) FROM captures c WHERE c.run = r.id) AS captures,
    (SELECT count(*) FROM failures f WHERE f.run = r.id) AS failures
FROM runs r
"""

_TARGET = """(SELECT o.id FROM documents o JOIN versions w ON w.document_id = o.id AND w.number = o.version
    WHERE {same} AND o.id <> r.document_id AND o.state NOT IN ('withdrawn', 'repealed')
    ORDER BY o.kind, coalesce(w.published_on, o.listed_on, w.in_force_from), o.id LIMIT 1)"""
"""The document that a reference means: of several copies an article before a file, then the one published first."""

_REFERENCES = f"""
SELECT f.document, f.version, f.position, f.relation, f.title, f.number, f.target, t.work_id AS target_work, f.span_start, f.span_end
FROM (
    SELECT r.document_id AS document, r.version, r.position, r.relation, r.title, r.number, r.span_start, r.span_end,
        CASE WHEN r.number_key <> '' THEN {_TARGET.format(same="w.number_key = r.number_key")}
             WHEN r.title_key <> '' THEN {_TARGET.format(same="w.title_key = r.title_key")} END AS target
    FROM version_references r JOIN documents d ON d.id = r.document_id AND d.version = r.version
) f LEFT JOIN documents t ON t.id = f.target
"""

_DECISIONS = """
SELECT d.id AS decision, d.mention, d.region, d.name, d.agency_id AS agency, d.kind, d.valid_from, d.valid_to, d.note,
    d.decided_by, d.decided_at, d.ended_by, d.ended_at, d.successor_id AS replaced_by
FROM decisions d
"""

_UNREAD = """
SELECT u.document_id AS document, u.site, u.section, u.kind, u.url, u.title, u.detail, u.normalizer_version, c.fetched_at, c.sha256,
    c.file, c.file_offset, c.file_length
FROM unread u JOIN captures c ON c.id = u.capture_id
"""

_FAILURES = "SELECT f.run, f.site, f.section, f.kind, f.url, f.key, f.cause, f.detail, f.at FROM failures f"

_WORKS = """
SELECT d.work, w.title, w.reason, max(CASE WHEN d.counted THEN d.document END) AS document, count(*) AS documents,
    count(DISTINCT d.site) AS sites, min(d.published_on) AS first_published, max(d.published_on) AS last_published
FROM v_documents d JOIN works w ON w.id = d.work
WHERE d.state NOT IN ('withdrawn', 'repealed') GROUP BY d.work, w.title, w.reason
"""

_LINKS = """
SELECT l.document_id AS document, l.other_id AS other, l.relation, l.reason, l.score, d.work_id AS work, o.work_id AS other_work,
    d.site, o.site AS other_site,
    (SELECT w.title FROM works w WHERE w.id = d.work_id) AS title, (SELECT w.title FROM works w WHERE w.id = o.work_id) AS other_title
FROM document_links l JOIN documents d ON d.id = l.document_id JOIN documents o ON o.id = l.other_id
WHERE d.state NOT IN ('withdrawn', 'repealed') AND o.state NOT IN ('withdrawn', 'repealed')
"""

VIEWS = {
    "v_documents": _DOCUMENTS,
    "v_versions": _VERSIONS,
    "v_feed": _FEED,
    "v_changes": _CHANGES,
    "v_tasks": _TASKS,
    "v_task_agencies": _TASK_AGENCIES,
    "v_agencies": _AGENCIES,
    "v_captures": _CAPTURES,
    "v_runs": _RUNS,
    "v_failures": _FAILURES,
    "v_references": _REFERENCES,
    "v_decisions": _DECISIONS,
    "v_unread": _UNREAD,
    "v_works": _WORKS,
    "v_links": _LINKS,
    **notice_views.VIEWS,
}
"""Name and statement of every view, each after those it rests on."""

ORDER = {
    "v_documents": ("site", "document"),
    "v_versions": ("document", "version"),
    "v_feed": ("seq",),
    "v_changes": ("seq",),
    "v_tasks": ("site", "document", "version", "ordinal"),
    "v_task_agencies": ("document", "version", "ordinal", "role", "position"),
    "v_agencies": ("agency",),
    "v_captures": ("capture",),
    "v_runs": ("started_at", "run"),
    "v_failures": ("at", "run", "url"),
    "v_references": ("document", "position"),
    "v_decisions": ("decision",),
    "v_unread": ("site", "document"),
    "v_works": ("work",),
    "v_links": ("document", "other", "relation"),
    **notice_views.ORDER,
}
"""The columns by which the rows of a view are shown; they are never NULL."""


_CALLED = {
    "concat": {"sqlite": "group_concat", "postgresql": "string_agg"},
    "json_length": {"sqlite": "json_array_length", "postgresql": "jsonb_array_length"},
    **notice_views.CALLED,
}
"""What the two databases call a function; ``{concat}`` in a statement stands for it."""


def drop(connection: Connection) -> None:
    """Drop the views that are there."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create(connection: Connection) -> None:
    """Make the views."""
    for name, statement in VIEWS.items():
        connection.execute(text(f"CREATE VIEW {name} AS {spoken(statement, connection.dialect.name)}"))


def spoken(statement: str, dialect: str) -> str:
    """Return a statement with the names that a database has for functions."""
    for function, called in _CALLED.items():
        statement = statement.replace(f"{{{function}}}", called[dialect])
    return statement
