"""Playing the demo's past in the order of time, through the services."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.test.utils import override_settings
from django.utils import timezone

from demo.clock import GoTo, travelling
from demo.entries import DemoFault, Everyday
from demo.files import everyday
from demo.places import place_of
from demo.scenes import accounts, grants, reading, records
from demo.world import Scene, World
from phr.accounts.events import MailDue
from phr.accounts.models import Mail
from phr.audit.models import Outcome
from phr.core import outbox
from phr.core.errors import DomainError
from phr.core.models import OutboxEvent
from phr.core.request_origin import Origin, current_origin
from phr.identity.sign_in import note_sign_in
from phr.notifications.models import Notification
from phr.notifications.services import mark_all_read

SIGN_IN_BEFORE = timedelta(minutes=1)
SIGNED_IN_FOR = timedelta(hours=1)  # after the last thing that they did
DELIVERED_AFTER = timedelta(seconds=1)
# The past is the same whatever an installation lets people do today. Without DEBUG
# Django does not keep every statement, which would take half of the time.
RULES = {
    "DEBUG": False,
    "CARE_CONSENT_REQUIRED": False,
    "EMERGENCY_ACCESS": True,
    "EMERGENCY_ACCESS_MINUTES": 60,
    "ACCOUNT_ENTRIES_PER_DAY": 1_000,
    "ACCOUNT_BYTES_PER_DAY": 10_000_000,
    "ACCOUNT_ENTRIES": 10_000,
    "ACCOUNT_BYTES": 100_000_000,
}


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    before = current_origin.set(origin)
    try:
        yield
    finally:
        current_origin.reset(before)


def load() -> None:
    """Have all of it happen; the caller holds the transaction and the lock.

    :raises DemoFault: a file cannot be read, or what it says cannot have happened.
    """
    modules = (accounts, grants, records, reading)
    scenes = [scene for module in modules for scene in module.scenes()]
    with override_settings(**RULES), travelling() as go_to:
        Player(go_to, everyday()).play(scenes)
        forget_the_rest()


@dataclass(frozen=True, slots=True)
class Player:
    """Plays scenes; who does something signs in before, and is told of things after.

    :param seen: when each person did something last, by username.
    :param called_off: scenes that do not happen, by their number.
    :param have_news: whose inboxes hold something unread.
    """

    go_to: GoTo
    everyday: Everyday
    world: World = field(default_factory=World)
    seen: dict[str, datetime] = field(default_factory=dict)
    called_off: set[int] = field(default_factory=set)
    have_news: set[str] = field(default_factory=set)

    def play(self, scenes: Iterable[Scene]) -> None:
        """:raises DemoFault: a service refuses what the files say."""
        turns = []
        for number, scene in enumerate(scenes):
            if scene.who is not None:
                turns.append((scene.at - SIGN_IN_BEFORE, number, self.arrive, scene))
            turns.append((scene.at, number, self.perform, scene))
        for at, number, take_turn, scene in sorted(turns, key=lambda turn: turn[:2]):
            self.go_to(at)
            try:
                take_turn(number, scene)
            except (DomainError, DemoFault) as error:
                what = f"{scene.at:%Y-%m-%d %H:%M}, {scene.who or 'nobody'}"
                raise DemoFault(f"{what}: {error}") from error

    def arrive(self, number: int, scene: Scene) -> None:
        """Sign in, unless they did something shortly before, and read the inbox."""
        assert scene.who is not None
        if not scene.happens(self.world):
            self.called_off.add(number)
            return
        last = self.seen.get(scene.who)
        self.seen[scene.who] = scene.at
        if last is not None and scene.at - last <= SIGNED_IN_FOR:
            return
        user, now = self.world.users[scene.who], timezone.now()
        with coming_from(place_of(scene.who, now, self.everyday)):
            # Sessions of years ago have been purged; this is what they leave.
            note_sign_in(user, Outcome.ALLOWED)
            if scene.who in self.have_news and now < self.everyday.inboxes_read_until:
                mark_all_read(actor=user, at=now)
                self.have_news.remove(scene.who)

    def perform(self, number: int, scene: Scene) -> None:
        if number in self.called_off:
            return
        origin = scene.origin
        if scene.who is not None:
            origin = place_of(scene.who, scene.at, self.everyday)
        with coming_from(origin):
            scene.act(self.world)
        if scene.tells:
            self.go_to(scene.at + DELIVERED_AFTER)
            self.deliver(since=scene.at)

    def deliver(self, since: datetime) -> None:
        """Do what a worker would, but mail nobody: they are invented."""
        now = timezone.now()
        waiting = OutboxEvent.objects.filter(created_at__gte=since, delivered_at=None)
        told = waiting.exclude(kind=MailDue.kind).order_by("created_at", "pk")
        outbox.deliver(list(told.values_list("pk", flat=True)), now=now)
        unread = Notification.objects.unread().order_by()
        names = unread.values_list("recipient__username", flat=True)
        self.have_news.clear()
        self.have_news.update(names.distinct())


def forget_the_rest() -> None:
    """Mails to invented people, and news that was old before inboxes begin."""
    Mail.objects.all().delete()
    OutboxEvent.objects.filter(delivered_at=None).delete()
