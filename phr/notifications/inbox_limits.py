"""How much one inbox gets, and what somebody's name may look like in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.contact_limits import people_who_know
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


def lines_for(
    row: OutboxEvent, recipients: Iterable[User], line: Line
) -> list[tuple[User, Line]]:
    """Who gets the line; beyond the bound one, within an hour, says that there is more.

    Workers that deliver at the same moment may each put one line more.
    """
    people = list(recipients)
    counted = counts(row, people, line)
    crowded = who_are_crowded(row, people, line, counted)
    found = []
    for user in people:
        from_one, _all, told_of_more = counted.get(user.pk, (0, 0, 0))
        if from_one < MOST_FROM_ONE and user.pk not in crowded:
            found.append((user, line))
        elif not told_of_more:
            found.append((user, replace(line, message=MORE, about=None)))
    return found


def who_are_crowded(
    row: OutboxEvent,
    people: list[User],
    line: Line,
    counted: Mapping[UUID, Sequence[int]],
) -> set[UUID]:
    """The recipients to whom the actor is a stranger, and whose hour is full of
    strangers."""
    if line.notification_type not in FROM_STRANGERS:
        return set()
    full = [
        user
        for user in people
        if user.pk in counted and counted[user.pk][1] >= MOST_FROM_STRANGERS
    ]
    if not full:
        return set()
    return {user.pk for user in full} - people_who_know(row.owner_id, full)


def counts(
    row: OutboxEvent, people: list[User], line: Line
) -> Mapping[UUID, Sequence[int]]:
    """What each inbox got under this title: from this one, from all, words of more."""
    since = timezone.now() - WINDOW
    lines = Notification.objects.filter(
        recipient__in=people,
        title__in=in_each_language(line.title),
        created_at__gt=since,
    )
    of_each = lines.values("recipient_id").annotate(
        from_one=Count("pk", filter=Q(event__owner_id=row.owner_id)),
        from_all=Count("pk"),
        told_of_more=Count("pk", filter=Q(message__in=in_each_language(MORE))),
    )
    names = ("recipient_id", "from_one", "from_all", "told_of_more")
    return {user_id: counted for user_id, *counted in of_each.values_list(*names)}


def named(person: PatientProfile | DoctorProfile) -> str:
    """Somebody's name as shown in others' inboxes.

    People choose their names: characters that would make a link are removed, and long
    names are cut, so that a name cannot look like a message from this server.
    """
    name = OF_LINKS.sub(" ", str(person))
    plain = " ".join(re.sub(r"\.(?=\S)", ". ", name).split())
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME].rstrip()}…"
