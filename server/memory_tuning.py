"""What a process tells Python's garbage collector and the C library's allocator."""

import ctypes
import gc

from django.urls import get_resolver

M_MMAP_THRESHOLD, MIB = -3, 1 << 20  # as <malloc.h> numbers it


def tune_gc() -> None:
    """Load all views, and let the garbage collector pass over what stays for good.

    Else it looks at half a million objects of frameworks and finds nothing, again and
    again, while every request of the process waits for it (docs/adr/0038).
    """
    get_resolver().reverse_dict  # noqa: B018 - the first request would load it
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)


def tune_malloc() -> None:
    """Let glibc hand back what starting took, and what hashing a password takes.

    Left alone it learns from the first hash to keep so much for the next, and for good
    (mallopt(3), docs/adr/0031). Other C libraries have no such thing.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.mallopt(M_MMAP_THRESHOLD, MIB)
        libc.malloc_trim(0)
