"""Keeps a process with many threads small: each Argon2 computation takes 19 MiB, whichever thread it runs in."""

import ctypes

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's mallopt(3)."""


def share_one_arena() -> bool:
    """Have all threads allocate from one arena; call it before there are threads. Tells whether the C library can.

    glibc gives each thread an arena and keeps there what was freed: with 32 threads the hashes of a busy morning would
    hold 300 MB for ever. One hash at a time in one arena holds 19, and finds its memory warm.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, 1))
    except (OSError, AttributeError):
        return False
