"""The views of public credit records. They hold nothing, and show nothing whose term is over on the day of the question.

What ``{today}`` and the other names in braces stand for on each database is said in ``CALLED``; ``storage.views`` makes the views.
"""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

_SHOWN = "(n.ends_on IS NULL OR n.ends_on >= {today})"

_NOTICES = f"""
SELECT n.id AS notice, n.site, n.section, n.kind, n.region, n.subject_kind, n.subject_name AS subject, n.code, n.code_problem,
    n.organization_code, n.registration_number, coalesce(n.authority_name, n.authority_mention) AS authority, n.authority_id AS agency,
    n.authority_resolved AS resolved, n.authority_code, n.source_body, n.list_name, n.colour, n.title, n.number, n.category, n.violation,
    n.facts, n.basis, n.content, n.licence, n.licence_number, n.status, n.remark, n.day, n.decided_on, n.valid_from, n.valid_to,
    n.published_on, n.listed_on, n.shown_until, n.fine_yuan, n.confiscated_yuan, n.amount_yuan, n.ends_on, n.term_rule, n.term_basis,
    n.term_from, n.term_least_until, n.severity, {{json_length}}(n.unknown) AS unknown_labels, {{json_length}}(n.blanks) AS blanks,
    {{defect_names}} AS defects, n.url, n.document_id AS document, n.objection_marked_at, n.missing_since, n.normalizer_version,
    n.first_seen, n.last_seen, n.last_checked
FROM notices n WHERE {_SHOWN}
"""

_OF_CODE = f"FROM notices n WHERE n.code = s.code AND n.subject_kind = 'legal' AND {_SHOWN}"

_SUBJECTS = f"""
SELECT s.code, max(s.code_problem) AS code_problem, max(s.organization_code) AS organization_code,
    (SELECT n.subject_name {_OF_CODE} ORDER BY n.day DESC, n.id LIMIT 1) AS name,
    (SELECT {{concat}}(d.told, '、') FROM (SELECT max(n.subject_name) || ' ' || CAST(min(n.day) AS TEXT) || '/' || CAST(max(n.day) AS TEXT)
        AS told {_OF_CODE} GROUP BY n.subject_key ORDER BY min(n.day), max(n.subject_name)) AS d) AS dated_names,
    min(s.day) AS first_day, max(s.day) AS last_day, count(*) AS notices, count(DISTINCT s.site) AS sites
FROM v_notices s WHERE s.subject_kind = 'legal' AND s.code <> '' GROUP BY s.code
"""

_COVERAGE = """
SELECT c.run, c.site, c.section, c.slice, r.started_at, r.ended_at, r.verdict, c.stated, c.pages, c.pages_had, c.listed, c.had, c.known,
    c.failed, c.capped, c.complete, coalesce((SELECT {concat}(g.value, '；') FROM {json_items}(c.gaps) AS g), '') AS gaps
FROM coverage c JOIN runs r ON r.id = c.run
"""

_EVENTS = """
SELECT e.seq, e.known_at AS at, e.entity_id AS notice, e.kind AS event, e.site, e.section, e.record_kind AS kind, e.list_name, e.colour,
    e.reason, coalesce(n.subject, '') AS subject, coalesce(n.code, '') AS code
FROM changes e LEFT JOIN v_notices n ON n.notice = e.entity_id WHERE e.entity = 'notice'
"""

_TOMBSTONES = """
SELECT t.id AS notice, t.site, t.section, t.kind, t.reason, t.due_on, t.taken_at, t.archive_erased_at FROM tombstones t
"""

_ENDINGS = """
SELECT e.id AS ending, e.site, e.section, e.kind, e.list_name, e.ended_on, e.outcome, e.matched, e.url, e.first_seen, e.last_seen
FROM endings e
"""

VIEWS = {
    "v_notices": _NOTICES,
    "v_subjects": _SUBJECTS,
    "v_coverage": _COVERAGE,
    "v_notice_events": _EVENTS,
    "v_tombstones": _TOMBSTONES,
    "v_endings": _ENDINGS,
}
"""Name and statement of every view, each after those it rests on."""

ORDER = {
    "v_notices": ("site", "section", "day", "notice"),
    "v_subjects": ("code",),
    "v_coverage": ("started_at", "run", "section", "slice"),
    "v_notice_events": ("seq",),
    "v_tombstones": ("taken_at", "notice"),
    "v_endings": ("first_seen", "ending"),
}
"""The columns by which the rows of a view are shown; they are never NULL."""

CALLED = {
    "today": {"sqlite": "date('now', '+8 hours')", "postgresql": "CAST(now() AT TIME ZONE 'Asia/Shanghai' AS DATE)"},
    "json_items": {"sqlite": "json_each", "postgresql": "jsonb_array_elements_text"},
    "defect_names": {
        "sqlite": "coalesce((SELECT group_concat(json_extract(f.value, '$.name'), ' ') FROM json_each(n.defects) AS f), '')",
        "postgresql": "coalesce((SELECT string_agg(f.value ->> 'name', ' ') FROM jsonb_array_elements(n.defects) AS f), '')",
    },
}
"""What the two databases call something; Shanghai has had no summer time since 1991."""
