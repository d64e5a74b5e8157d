"""Why a message did not reach its channel, in a sentence without a secret, an address or a value of the answer."""

from __future__ import annotations

from harvester.errors import HarvesterError


class DeliveryFailed(HarvesterError):  # noqa: N818 - what happened, in the words of the command line
    """A message was not taken.

    ``retry_after``: seconds that the channel asks to wait. ``busy``: the channel takes nothing now, so that nothing else of this run need
    be tried there. ``gone``: the channel says that it wants no more (410).
    """

    def __init__(self, why: str, *, retry_after: float = 0.0, busy: bool = False, gone: bool = False) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.busy = busy
        self.gone = gone
