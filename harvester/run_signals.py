"""Signals of a crawl beside Scrapy's own: what was read and kept, and that a run is judged and written down.

``document_kept``: ``publication``, ``derived``, ``effect``. ``record_read``: ``section``, ``notice``. ``run_ended``: ``keeper``, whose
store is still open and whose judgement and run stand; what a receiver does then may not change the run.
"""

from __future__ import annotations

document_kept = object()
record_read = object()
run_ended = object()
