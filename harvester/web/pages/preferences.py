"""What a reader chooses once: language, theme, size of type, contrast. Works without scripts; kept in cookies for a year."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from harvester.web.access.outgoing import YEAR
from harvester.web.access.rights import everybody
from harvester.web.room import room_of
from harvester.web.shown import PREFERENCES

router = APIRouter(dependencies=[everybody()])


@router.get("/preferences")
def choose(request: Request, back: str = "/") -> RedirectResponse:
    """Keep the choices of the address in cookies and lead back to a page of this room."""
    answer = RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", status_code=303)
    for name, known in PREFERENCES.items():
        if (value := request.query_params.get(name)) in known:
            secure = room_of(request).settings.secure
            answer.set_cookie(name, str(value), max_age=YEAR, httponly=True, samesite="lax", secure=secure)
    return answer
