"""Tell a full disk from other failures of reading and writing."""

from __future__ import annotations

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Tell whether there was no room: the disk is full, a quota or a limit of file size is reached."""
    return error.errno in _FULL
