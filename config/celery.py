"""The Celery application: worker and beat."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, heartbeat_sent, worker_ready
from django.core.exceptions import ImproperlyConfigured
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.alive_file import touch_alive_file
from config.broker import use_own_transport
from config.worker_watchdog import watch_over

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

use_own_transport()
app = Celery("phr")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()
# Tasks carry the id of the request that caused them into the log; failures are named.
app.steps["worker"].add(DjangoStructLogInitStep)


def keep_limits(**_: Any) -> None:
    """Have a worker, and nobody who only sends tasks, ask for its limits."""
    from phr.core.postgres import timeouts  # with Django, which web has set up itself

    timeouts.use(timeouts.WORKER)


def keep_limits_of_beat(**_: Any) -> None:
    from phr.core.postgres import timeouts  # with Django, as above

    timeouts.use(timeouts.BEAT)


def measure_tasks(**_: Any) -> None:
    """Have a worker count its tasks, and leave signs of life.

    :raises SystemExit: traces cannot start; of another error Celery makes a line.
    """
    from config import traces
    from phr.core import task_measures

    task_measures.listen()
    try:
        traces.start()
    except ImproperlyConfigured as fault:
        raise SystemExit(str(fault)) from None


def keep_metrics(**_: Any) -> None:
    """Have the main process of a worker, or beat, serve metrics where nobody does."""
    from server.metrics_port import serve_metrics

    serve_metrics()


def tell_surprises(**_: Any) -> None:
    """Say what is wrong with the installation, once the processes of a worker run."""
    from phr.operations import startup  # with Django, as above

    startup.tell_surprises()


celeryd_init.connect(keep_limits)
celeryd_init.connect(measure_tasks)
beat_init.connect(keep_limits_of_beat)
heartbeat_sent.connect(touch_alive_file)
worker_ready.connect(watch_over)
worker_ready.connect(keep_metrics)
beat_init.connect(keep_metrics)
worker_ready.connect(tell_surprises)
beat_init.connect(tell_surprises)
