"""Wiring of the installation: settings, URLs, Celery. Imported by nothing in phr."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
