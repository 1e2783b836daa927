"""The Celery application: worker and beat."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("phr")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()
# Tasks carry the id of the request that caused them into the log; failures are named.
app.steps["worker"].add(DjangoStructLogInitStep)
