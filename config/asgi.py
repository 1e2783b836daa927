"""The application as ASGI servers call it: Django's WSGI handler in a few threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django_application = get_wsgi_application()

from django.conf import settings

from config import traces
from phr.api.hot_reads import HotReads
from phr.core.postgres import timeouts
from phr.operations.startup import tell_surprises
from server.admission import build_admission
from server.buffered_wsgi import BufferedWSGI
from server.early_responses import problem, turn_away
from server.memory_tuning import tune_gc, tune_malloc
from server.metrics_port import serve_metrics
from server.parent_process import end_with_parent

SECONDS_FOR_A_BODY = 30

timeouts.use(timeouts.WEB)
tell_surprises()
application = BufferedWSGI(
    HotReads(django_application),
    build_admission(turn_away),
    largest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    patience=SECONDS_FOR_A_BODY,
    problem=problem,
)
tune_gc()
tune_malloc()
serve_metrics()
traces.start()
end_with_parent()
