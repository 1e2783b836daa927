"""The application as ASGI servers call it: Django's WSGI handler in a few threads."""

import ctypes
import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after the setup
from django.urls import get_resolver  # noqa: E402

from config.buffered_wsgi import BufferedWSGI  # noqa: E402
from config.door import open_door  # noqa: E402
from config.parent_process import end_with_parent  # noqa: E402
from config.refusals import problem, turn_away  # noqa: E402
from phr.core.postgres import limits  # noqa: E402

SECONDS_FOR_A_BODY = 30
M_MMAP_THRESHOLD, MIB = -3, 1 << 20  # as <malloc.h> numbers it

limits.use(limits.WEB)
application = BufferedWSGI(
    django_application,
    open_door(turn_away),
    largest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    patience=SECONDS_FOR_A_BODY,
    problem=problem,
)


def look_for_garbage_less() -> None:
    """Load all views, and let the garbage collector pass over what stays for good.

    Else it looks at half a million objects of frameworks and finds nothing, again and
    again, while every request of the process waits for it (docs/adr/0038).
    """
    get_resolver().reverse_dict  # noqa: B018 - the first request would load it
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)


def give_memory_back() -> None:
    """Let glibc hand back what starting took, and what hashing a password takes.

    Left alone it learns from the first hash to keep so much for the next, and for good
    (mallopt(3), docs/adr/0031). Other C libraries have no such thing.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.mallopt(M_MMAP_THRESHOLD, MIB)
        libc.malloc_trim(0)


look_for_garbage_less()
give_memory_back()
end_with_parent()
