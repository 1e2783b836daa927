"""Celery's settings, in Celery's own names."""

import ssl

from django.conf import settings

from config.broker import address_for, options_for
from phr.core.queues import Queue

broker_url = address_for(settings.REDIS_URL)
if settings.REDIS_URL.startswith(("rediss://", "sentinels://")):
    # Celery would take anybody's certificate.
    broker_use_ssl = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
broker_connection_retry_on_startup = True
# A worker stays while Redis answers that it only reads, or lets nobody in.
broker_channel_error_retry = True
worker_consumer = "config.consumer:Consumer"
# A request must not wait for an unavailable broker: the outbox row is the to-do.
broker_connection_timeout = 1
PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 5}
broker_transport_options = {
    "max_retries": 0,
    **PATIENCE,
    **options_for(settings.REDIS_URL, PATIENCE),
    # A worker asks again on a new connection what it has heard nothing of so long.
    "health_check_interval": 10,
}
task_publish_retry = False
task_ignore_result = True
task_acks_late = True
worker_prefetch_multiplier = 1
# A task that hangs is ended: first by an error in it, then with its process. Its event
# or row is still to be done. Long ones end before Redis gives their message again.
task_soft_time_limit, task_time_limit = 5 * 60, 6 * 60
LONG = {"soft_time_limit": 50 * 60, "time_limit": 55 * 60}
task_annotations = dict.fromkeys(
    (
        "phr.accounts.tasks.purge_ended_sessions",
        "phr.accounts.tasks.purge_settled_mails",
        "phr.archive.tasks.prepare_export",
        "phr.archive.tasks.look_after_exports",
        "phr.audit.tasks.seal_ledger",
        "phr.core.tasks.purge_delivered_events",
        "phr.erasure.tasks.erase_due_accounts",
        "phr.health_records.tasks.purge_deleted_records",
    ),
    LONG,
)
worker_hijack_root_logger = False
worker_redirect_stdouts = False  # mails that are printed stay as they are
timezone = "UTC"
# Each worker listens to some of these; events say themselves where they wait.
task_default_queue = Queue.NOTIFICATIONS.value
task_routes = {
    "phr.core.tasks.replay_outbox": {"queue": Queue.URGENT.value},
    "phr.audit.tasks.check_ledger": {"queue": Queue.LONG.value},
    "phr.audit.tasks.*": {"queue": Queue.SEALING.value},
    "phr.accounts.tasks.*": {"queue": Queue.LONG.value},
    "phr.archive.tasks.*": {"queue": Queue.LONG.value},
    "phr.erasure.tasks.*": {"queue": Queue.LONG.value},
    "phr.health_records.tasks.*": {"queue": Queue.LONG.value},
    "phr.core.tasks.purge_delivered_events": {"queue": Queue.LONG.value},
    "phr.core.tasks.forget_ended_counts": {"queue": Queue.LONG.value},
    "phr.core.tasks.forget_idempotency_keys": {"queue": Queue.LONG.value},
}
beat_scheduler = "config.beat:PrivateScheduler"
beat_schedule = {
    "replay-outbox": {
        "task": "phr.core.tasks.replay_outbox",
        "schedule": 15.0,
    },
    "purge-delivered-events": {
        "task": "phr.core.tasks.purge_delivered_events",
        "schedule": 60 * 60.0,
    },
    "forget-ended-counts": {
        "task": "phr.core.tasks.forget_ended_counts",
        "schedule": 60 * 60.0,
    },
    "forget-idempotency-keys": {
        "task": "phr.core.tasks.forget_idempotency_keys",
        "schedule": 60 * 60.0,
    },
    "purge-ended-sessions": {
        "task": "phr.accounts.tasks.purge_ended_sessions",
        "schedule": 60 * 60.0,
    },
    "purge-settled-mails": {
        "task": "phr.accounts.tasks.purge_settled_mails",
        "schedule": 60 * 60.0,
    },
    "seal-ledger": {
        "task": "phr.audit.tasks.seal_ledger",
        "schedule": 60.0,
    },
    "look-after-exports": {
        "task": "phr.archive.tasks.look_after_exports",
        "schedule": 60.0,
    },
    "purge-deleted-records": {
        "task": "phr.health_records.tasks.purge_deleted_records",
        "schedule": 60 * 60.0,
    },
    "erase-due-accounts": {
        "task": "phr.erasure.tasks.erase_due_accounts",
        "schedule": 60 * 60.0,
    },
}
