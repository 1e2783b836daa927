"""What waits for workers, by urgency: each is a list at the broker, of this name."""

from django.db.models import TextChoices


class Queue(TextChoices):
    """A queue; the Procfile says which process works on it.

    Each event is of one of the first four; the last two are for tasks of their own.
    """

    URGENT = "urgent", "Safety and signing in"
    URGENT_MAIL = "urgent_mail", "Mails of safety and signing in"
    NOTIFICATIONS = "celery", "Notifications"  # Celery's own name for the first queue
    MAIL = "mail", "Other mails"
    SEALING = "sealing", "Sealing the ledger"
    LONG = "long", "Exports, erasures, purges"


# Each mail may wait for its server, so that none is taken before the last has left.
OF_MAILS = {Queue.URGENT_MAIL, Queue.MAIL}
