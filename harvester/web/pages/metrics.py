"""What Prometheus asks for: the metrics of the store, for operators and their keys (``Authorization: Bearer chk_…``)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry

from harvester.observing.metrics import CONTENT_TYPE, registry, text
from harvester.web.access.rights import operator
from harvester.web.room import AnyStore
from storage.store import Store

router = APIRouter(dependencies=[operator()])


@router.get("/metrics")
def metrics(request: Request, store: AnyStore) -> Response:
    """Return every metric; one that says that the store cannot be read is an answer, too."""
    return Response(text(_registry(request, store)), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


def _registry(request: Request, store: Store) -> CollectorRegistry:
    kept = request.app.state
    if not hasattr(kept, "metrics"):
        kept.metrics = registry(store)
    found: CollectorRegistry = kept.metrics
    return found
