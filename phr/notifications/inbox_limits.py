"""How much one inbox gets, and what somebody's name may look like in it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.contact_limits import acquainted
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.languages import in_each_language
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType

WINDOW = timedelta(hours=1)
# Lines of one title: by one person, and by all whom one need not know.
MOST_FROM_ONE = 10
MOST_FROM_STRANGERS = 50
# What somebody can cause in the inbox of a stranger.
FROM_STRANGERS = {
    NotificationType.PATIENT_ASSIGNED,
    NotificationType.DOCTOR_ASSIGNED,
    NotificationType.CARE_REQUESTED,
    NotificationType.CARE_CHANGED,
    NotificationType.EMERGENCY_ACCESS,
    NotificationType.VERIFICATION,
}
MORE = _(
    "There were too many of these within an hour to show each one here. See the lists "
    "of requests, records and licences."
)
LONGEST_NAME = 60
OF_LINKS = re.compile(r"[/\\:@#?&=%<>\[\]]+")


@dataclass(frozen=True, slots=True)
class Line:
    """What is put into inboxes.

    Title and message are lazy: who gets them reads them in their language.

    :param about: the patient that it is about, even if it does not name them.
    """

    notification_type: NotificationType
    title: str | Promise
    message: str | Promise
    about: PatientProfile | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is told of one event.

    :param row: the event; nobody gets a second line or mail of it.
    """

    row: OutboxEvent
    recipients: Sequence[User]
    line: Line

    @property
    def title(self) -> str:
        """Under which its lines are counted, whatever language they are in."""
        return str(self.line.title)


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines of an hour: by recipient and title, and by who caused them."""

    of_all: Counter[tuple[UUID, str]]
    of_one: Counter[tuple[UUID, str, UUID | None]]
    told_of_more: set[tuple[UUID, str]]

    def add(self, news: News, user: User) -> None:
        self.of_all[user.pk, news.title] += 1
        self.of_one[user.pk, news.title, news.row.owner_id] += 1


def lines_for(news: Sequence[News]) -> list[tuple[News, User, Line]]:
    """Who gets which line; beyond the bound one, within an hour, says there is more.

    No other worker puts lines into these inboxes until the transaction ends.
    """
    lock_inboxes({user.pk for each in news for user in each.recipients})
    counts = count_lines(news)
    known = who_know(news, counts)
    found = []
    for each in news:
        for user in each.recipients:
            line = line_within_bounds(each, user, counts, known)
            if line is not None:
                counts.add(each, user)
                found.append((each, user, line))
    return found


def line_within_bounds(
    news: News, user: User, counts: Counts, known: Set[tuple[UUID, UUID]]
) -> Line | None:
    """The line, or the word that there is more, or nothing if that was said."""
    inbox = (user.pk, news.title)
    is_full = counts.of_all[inbox] >= MOST_FROM_STRANGERS and is_from_strangers(news)
    is_crowded = is_full and (news.row.owner_id, user.pk) not in known
    if counts.of_one[*inbox, news.row.owner_id] < MOST_FROM_ONE and not is_crowded:
        return news.line
    if inbox in counts.told_of_more:
        return None
    counts.told_of_more.add(inbox)
    return replace(news.line, message=MORE, about=None)


def lock_inboxes(user_ids: Iterable[UUID]) -> None:
    """Let nobody else put lines into these inboxes until the transaction has ended.

    All workers lock them in the same order, so that none waits for another that waits
    for it.
    """
    keys = sorted({user_id.int % 2**63 for user_id in user_ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(inbox) FROM unnest(%s::bigint[]) AS inbox",
            [keys],
        )


def count_lines(news: Sequence[News]) -> Counts:
    """What these inboxes got under these titles within the hour."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for title in {each.title: each.line.title for each in news}.values():
        for text in in_each_language(title):
            titles[text].add(str(title))
    counts = Counts(Counter(), Counter(), set())
    lines = Notification.objects.filter(
        recipient__in={user.pk for each in news for user in each.recipients},
        title__in=titles,
        created_at__gt=timezone.now() - WINDOW,
    )
    of_each = lines.values_list("recipient_id", "title", "event__owner_id").annotate(
        times=Count("pk"),
        of_more=Count("pk", filter=Q(message__in=in_each_language(MORE))),
    )
    for user_id, text, owner_id, times, of_more in of_each:
        for title in titles[text]:
            counts.of_all[user_id, title] += times
            counts.of_one[user_id, title, owner_id] += times
            if of_more:
                counts.told_of_more.add((user_id, title))
    return counts


def is_from_strangers(news: News) -> bool:
    return news.line.notification_type in FROM_STRANGERS


def who_know(news: Sequence[News], counts: Counts) -> set[tuple[UUID, UUID]]:
    """Who caused it, and who is told and has dealt with them, where that matters: where
    an inbox may be full of what strangers cause."""
    caused = [
        (each, user)
        for each in news
        if is_from_strangers(each)
        for user in each.recipients
    ]
    more = Counter((user.pk, each.title) for each, user in caused)
    pairs = {
        (each.row.owner_id, user.pk)
        for each, user in caused
        if counts.of_all[inbox := (user.pk, each.title)] + more[inbox]
        > MOST_FROM_STRANGERS
    }
    return acquainted(pairs) if pairs else set()


def named(person: PatientProfile | DoctorProfile) -> str:
    """Somebody's name as shown in others' inboxes.

    People choose their names: characters that would make a link are removed, and long
    names are cut, so that a name cannot look like a message from this server.
    """
    name = OF_LINKS.sub(" ", str(person))
    plain = " ".join(re.sub(r"\.(?=\S)", ". ", name).split())
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME].rstrip()}…"
