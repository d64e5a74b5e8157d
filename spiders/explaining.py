"""What an exception of a download stands for: a cause, and a sentence that says it.

Scrapy 2.19 tells refused connections, unknown hosts and time-outs apart; all else is one exception of its own, and what happened
stands in the exceptions of Twisted and OpenSSL below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import CertificateError, VerificationError
from twisted.internet.error import ConnectError, ConnectionAborted, TCPTimedOutError

from spiders.health import FetchError
from spiders.items import Cause

_CAUSES: tuple[tuple[type[BaseException], Cause], ...] = (
    (DownloadTimeoutError, Cause.TIMEOUT),
    (TCPTimedOutError, Cause.TIMEOUT),
    (ResponseDataLossError, Cause.TRUNCATED),
    (DownloadCancelledError, Cause.TOO_LARGE),
    (CannotResolveHostError, Cause.DNS),
    (DownloadConnectionRefusedError, Cause.REFUSED),
    (DownloadFailedError, Cause.CONNECTION),
    (ConnectError, Cause.CONNECTION),
    (OSError, Cause.CONNECTION),
)
DEEPEST = 8
"""How many exceptions one below the other are looked at."""


def explain(error: BaseException | None) -> tuple[Cause, str]:
    """Return the cause that an exception of the download stands for, and a sentence."""
    if isinstance(error, FetchError):
        return error.cause, error.detail
    if isinstance(error, HttpError):
        status = error.response.status
        return (Cause.NOT_FOUND if status in (404, 410) else Cause.HTTP_ERROR), f"answered with status {status}"
    if refused := next(filter(None, map(_refused_tls, _below(error))), ""):
        return Cause.TLS, f"no secure connection: {refused}"
    for kind, cause in _CAUSES:
        if isinstance(error, kind):
            return cause, _said(error)
    return Cause.HTTP_ERROR, f"{type(error).__name__}: {error}"


def was_cut_by_us(error: BaseException | None) -> bool:
    """Tell whether the connection was ended from here, because the head of the answer did not end."""
    return any(isinstance(each, ConnectionAborted) for each in _below(error))


def _below(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and those it was made of, the outermost first."""
    waiting, seen = [error], 0
    while waiting and seen < DEEPEST:
        each = waiting.pop(0)
        if each is None:
            continue
        seen += 1
        yield each
        waiting += [each.__cause__, *(getattr(reason, "value", None) for reason in getattr(each, "reasons", None) or ())]


def _refused_tls(error: BaseException) -> str:
    """Return why a secure connection could not be made, in words, empty for another exception. A cut connection is no fault of TLS."""
    if isinstance(error, VerificationError | CertificateError):
        return "the certificate is for another name"
    if not isinstance(error, SSL.Error) or isinstance(error, SSL.SysCallError | SSL.ZeroReturnError):
        return ""
    reasons = [str(part[-1]) for part in error.args[0] if part] if error.args and isinstance(error.args[0], list | tuple) else []
    return "" if any("unexpected eof" in reason for reason in reasons) else ", ".join(reasons) or "the handshake failed"


def _said(error: BaseException | None) -> str:
    """Return an exception in a sentence: the innermost words, which say more than the list that holds them."""
    *_, last = _below(error)
    return f"{type(last).__name__}: {str(last).rstrip('.') or 'no more is known'}"
