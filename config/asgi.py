"""The application as ASGI servers call it: Django's WSGI handler in a few threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after the setup

from config.buffered_wsgi import BufferedWSGI  # noqa: E402
from phr.api.json import to_json  # noqa: E402
from phr.api.problems import Problem  # noqa: E402
from phr.interfaces.content_policy import HEADER, NO_PAGE, build_policy  # noqa: E402

# Each thread keeps a connection to PostgreSQL; more of them would not work faster,
# because only one of a process runs Python at a time.
THREADS = 4
SECONDS_FOR_A_BODY = 30
# Of what is refused before Django sees it.
HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    HEADER: build_policy(NO_PAGE),
}
if settings.SECURE_HSTS_SECONDS:
    HEADERS["Strict-Transport-Security"] = (
        f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    )


def problem(status: int) -> tuple[dict[str, str], bytes]:
    return HEADERS, to_json(Problem.general(status).body(path=""))


application = BufferedWSGI(
    django_application,
    threads=THREADS,
    largest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    patience=SECONDS_FOR_A_BODY,
    problem=problem,
)
