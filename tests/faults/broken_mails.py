"""A worker that sends each mail twice: `celery --app tests.faults.broken_mails:app`."""

from celery.signals import worker_init
from django.core.mail import EmailMessage

from config.celery import app

__all__ = ["app"]


@worker_init.connect
def break_it(**_: object) -> None:
    from phr.notifications import email_delivery  # Django knows its settings here

    send = email_delivery.send

    def send_twice(message: EmailMessage) -> None:
        send(message)
        send(message)

    email_delivery.send = send_twice
