"""What has arrived at the mail server, against what people have been told."""

from collections import Counter, defaultdict
from uuid import UUID

from phr.accounts.events import MailDue
from phr.accounts.mailbox_limits import bound_of
from phr.accounts.models import Mail
from phr.core.models import OutboxEvent
from phr.core.outbox import PUT_OFF
from phr.notifications.models import Notification
from tests.faults.findings import Findings
from tests.faults.people import Circle
from tests.mailbox import Mailbox


def judge_mails(circles: list[Circle], mailbox: Mailbox, found: Findings) -> None:
    """There is a mail for each line of an inbox: here all people want both.

    Each has arrived, or waits for its hour, behind one of its kind that has.
    """
    people = {user.pk: user.email for circle in circles for user in circle.people}
    mails = list(Mail.objects.filter(user__in=people))
    judge_lines(list(people), mails, found)
    arrived = arrivals(mailbox, set(people.values()))
    for mail in mails:
        judge_mail(mail, arrived[mail.pk], found)
    judge_those_that_wait([mail for mail in mails if mail.sent_at is None], found)
    for pk in arrived.keys() - {mail.pk for mail in mails}:
        found.half_done.append(f"Mail {pk} has arrived, and is not there.")
    judge_bounds(mails, found)


def judge_lines(people: list[UUID], mails: list[Mail], found: Findings) -> None:
    lines = Notification.objects.filter(recipient__in=people)
    due = Counter[tuple[UUID | None, UUID | None]](
        lines.values_list("event_id", "recipient_id")
    )
    posted = Counter((mail.event_id, mail.user_id) for mail in mails)
    for line in due.keys() | posted.keys():
        if posted[line] < due[line]:
            found.lost.append(f"Of event {line[0]} there is a line, and no mail.")
        elif posted[line] > max(due[line], 1):
            found.doubled.append(f"Of event {line[0]} somebody has two mails.")
        elif posted[line] > due[line]:
            found.half_done.append(f"Of event {line[0]} there is a mail, and no line.")


def arrivals(mailbox: Mailbox, addresses: set[str]) -> Counter[UUID]:
    """How often each mail to these addresses has arrived, by its Message-ID."""
    return Counter(
        UUID(str(mail["Message-ID"]).strip("<>").partition("@")[0])
        for mail in [*mailbox.mails]
        if mail["To"] in addresses
    )


def judge_mail(mail: Mail, times: int, found: Findings) -> None:
    what = f"Mail {mail.pk} ({mail.kind})"
    if mail.refused_at or mail.dropped_at:
        found.wrong.append(f"{what} was given up.")
    due = int(mail.sent_at is not None and mail.joined_to is None)
    if times < due:
        found.lost.append(f"{what} counts as sent, and has not arrived.")
    elif times > due:
        found.mailed_twice.append(f"{what} has arrived {times} times, not {due}.")


def judge_those_that_wait(waiting: list[Mail], found: Findings) -> None:
    """They were put off, and nothing else has become of them."""
    events = OutboxEvent.objects.filter(
        kind=MailDue.kind,
        payload__mail_id__in=[str(mail.pk) for mail in waiting],
        delivered_at=None,
        set_aside_at=None,
        last_error=PUT_OFF,
    )
    put_off = {
        payload["mail_id"] for payload in events.values_list("payload", flat=True)
    }
    for mail in waiting:
        if str(mail.pk) not in put_off:
            found.lost.append(f"Mail {mail.pk} ({mail.kind}) waits for nothing.")


def judge_bounds(mails: list[Mail], found: Findings) -> None:
    """As many of a kind have left as one mailbox gets, and one is put off for that."""
    sent: Counter[tuple[str, str]] = Counter()
    waiting: defaultdict[tuple[str, str], int] = defaultdict(int)
    for mail in mails:
        box = (mail.mailbox, mail.kind)
        sent[box] += mail.sent_at is not None and mail.joined_to is None
        waiting[box] += mail.sent_at is None
    for box, left in waiting.items():
        most = bound_of(box[1]).an_hour
        if sent[box] > most:
            found.wrong.append(f"Of {box[1]} {sent[box]} mails were sent in an hour.")
        if left and sent[box] < most:
            found.lost.append(f"A mail of {box[1]} waits, and nothing keeps it.")
