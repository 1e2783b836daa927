"""The Celery application: worker and beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("phr")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()
