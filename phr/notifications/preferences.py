"""How somebody wants to be told of what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core.errors import Invalid
from phr.core.rate_limits import Limit
from phr.notifications.models import Channel, NotificationPreference, NotificationType

# What comes often and asks for nothing is not mailed, unless somebody wants it.
NOT_MAILED = {NotificationType.NEW_RECORD, NotificationType.COMMENT_ADDED}

CHANGES_PER_ACCOUNT = Limit("preferences", 200, timedelta(days=1))

Stored = dict[tuple[UUID, NotificationType, Channel], bool]


class CannotBeSwitchedOff(Invalid):
    code, title = "cannot_be_switched_off", _("This notification cannot be turned off.")
    advice = _("It is needed for the security of your account; see is_fixed.")


@dataclass(frozen=True, slots=True)
class Preference:
    """How somebody is told of one type of notification; None says nothing of it."""

    notification_type: NotificationType
    in_app: bool | None = None
    email: bool | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether no channel can be switched off."""
        return all(is_fixed(self.notification_type, channel) for channel in Channel)

    def channels(self) -> Iterator[tuple[Channel, bool]]:
        for channel in Channel:
            is_on = getattr(self, channel.lower())
            if is_on is not None:
                yield channel, is_on


def is_fixed(notification_type: NotificationType, channel: Channel) -> bool:
    """Whether it cannot be switched off; the database holds the same rule."""
    match notification_type, channel:
        case NotificationType.SECURITY, _:
            return True
        case NotificationType.EMERGENCY_ACCESS, Channel.IN_APP:
            return True
        case _:
            return False


def is_on_by_default(notification_type: NotificationType, channel: Channel) -> bool:
    return channel == Channel.IN_APP or notification_type not in NOT_MAILED


def preferences_of(user: User) -> list[Preference]:
    """How somebody is told of each type of notification, in the order of types."""
    rows = NotificationPreference.objects.visible_to(user)
    stored = {
        (row.notification_type, row.channel): row.is_on
        for row in rows.only("notification_type", "channel", "is_on")
    }

    def is_on(notification_type: NotificationType, channel: Channel) -> bool:
        default = is_on_by_default(notification_type, channel)
        return stored.get((notification_type, channel), default)

    return [
        Preference(each, is_on(each, Channel.IN_APP), is_on(each, Channel.EMAIL))
        for each in NotificationType
    ]


@transaction.atomic
def change_preferences(
    *, actor: User, wanted: Sequence[Preference], proved: bool
) -> None:
    """Have the actor told as they want from now on; what is not named stays.

    Only what differs from the defaults is stored.

    :param proved: whether the actor has just shown who they are.
    :raises StepUpRequired: they have not, and a notification would be turned off, which
        could hide what a stolen token does.
    :raises CannotBeSwitchedOff: names the first that cannot.
    :raises TooMany: the actor has changed them all day.
    """
    off = any(not is_on for each in wanted for _, is_on in each.channels())
    if off and not proved:
        raise StepUpRequired(GIVE_IT)
    refuse_what_is_fixed(wanted)
    CHANGES_PER_ACCOUNT.take(str(actor.pk))
    # One change at a time: two that name types in another order would wait for each
    # other for ever.
    User.objects.lock(actor.pk)
    for preference in wanted:
        for channel, is_on in preference.channels():
            store(actor, preference.notification_type, channel, is_on=is_on)
    note_account_change(actor, Action.PREFERENCES_CHANGED)


def refuse_what_is_fixed(wanted: Sequence[Preference]) -> None:
    """:raises CannotBeSwitchedOff: names the first that cannot."""
    for place, preference in enumerate(wanted):
        for channel, is_on in preference.channels():
            if not is_on and is_fixed(preference.notification_type, channel):
                field = f"preferences.{place}.{channel.lower()}"
                raise CannotBeSwitchedOff(field=field)


def store(
    user: User, notification_type: NotificationType, channel: Channel, *, is_on: bool
) -> None:
    mine = NotificationPreference.objects.filter(user=user)
    if is_on == is_on_by_default(notification_type, channel):
        mine.filter(notification_type=notification_type, channel=channel).delete()
        return
    mine.update_or_create(
        notification_type=notification_type,
        channel=channel,
        defaults={"is_on": is_on},
        create_defaults={"user": user, "is_on": is_on},
    )


def stored_of(users: Iterable[User]) -> Stored:
    """What these people have stored, by one query."""
    rows = NotificationPreference.objects.filter(user__in=users).values_list(
        "user_id", "notification_type", "channel", "is_on"
    )
    return {
        (user_id, NotificationType(notification_type), Channel(channel)): is_on
        for user_id, notification_type, channel, is_on in rows
    }
