"""People who sign in, and their sign-ins."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from phr.accounts.language import Language, refuse_unknown_time_zone
from phr.accounts.querysets import LoginSessionQuerySet, MailQuerySet
from phr.core.ids import uuid7
from phr.core.mail_addresses import normalized, validate_address
from phr.core.models import BaseModel, OutboxEvent
from phr.core.name_search import name_line
from phr.core.row_locks import lock_rows
from phr.core.single_line import refuse_other_than_one_line
from phr.core.time_zones import LONGEST_NAME

# Letters of one alphabet only, so that no name looks like another, and no "@", so
# that no name is somebody's e-mail address (both may be used to sign in).
username_validator = RegexValidator(
    r"\A[A-Za-z0-9_.+-]+\Z",
    _("Use letters without accents, digits and . + - _ only."),
)
phone_number_validator = RegexValidator(
    r"\A\+[1-9][0-9]{1,14}\Z",
    _("Use the international form, for example +31201234567 (E.164)."),
)


EARLIEST_BIRTH = date(1900, 1, 1)


def refuse_impossible_birth(born: date) -> None:
    """See that the day is not ahead; a day's allowance, because the day of UTC is
    yesterday's in Tokyo.

    :raises ValidationError: it is ahead, or before 1900.
    """
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if not EARLIEST_BIRTH <= born <= tomorrow:
        raise ValidationError(
            gettext("Give a day from 1900 until today."), "date_of_birth_out_of_range"
        )


class UserType(models.TextChoices):
    PATIENT = "PATIENT", _("Patient")
    DOCTOR = "DOCTOR", _("Doctor")
    ADMIN = "ADMIN", _("Administrator")


# What somebody is found by in lists of people.
SEARCHED = ("first_name", "last_name", "username", "email")


class UserManager(DjangoUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Django asks this of whatever makes or cleans an account.

        What is no address stays: the field's validator refuses it where it is new, and
        staff must be able to block an account whose address counted once.
        """
        try:
            return normalized(email) if email else ""
        except ValidationError:
            return str(email)

    def lock(self, user_id: UUID) -> "User":
        """The account as it is now, locked until the transaction ends."""
        return lock_rows(self.all()).get(pk=user_id)

    def create_superuser(self, username, email=None, password=None, **fields):  # type: ignore[no-untyped-def] # Django's own has no types here
        fields.setdefault("user_type", UserType.ADMIN)
        return super().create_superuser(username, email, password, **fields)


class User(AbstractUser, BaseModel):
    """Somebody with a name and a password; `user_type` says what they may do."""

    username = models.CharField(
        _("username"), max_length=150, validators=[username_validator]
    )
    # Not unique: an address is nobody's until it is verified, and a refusal at
    # sign-up would tell a stranger who keeps health records here.
    email = models.CharField(
        _("e-mail address"), max_length=254, validators=[validate_address]
    )
    # One of the two suffices: `phr/accounts/names.py`.
    first_name = models.CharField(
        _("first name"),
        max_length=150,
        blank=True,
        validators=[refuse_other_than_one_line],
    )
    last_name = models.CharField(
        _("last name"),
        max_length=150,
        blank=True,
        validators=[refuse_other_than_one_line],
    )
    user_type = models.CharField(
        _("user type"), max_length=10, choices=UserType.choices
    )
    phone_number = models.CharField(
        _("phone number"),
        max_length=16,
        blank=True,
        validators=[phone_number_validator],
    )
    date_of_birth = models.DateField(
        _("date of birth"), null=True, blank=True, validators=[refuse_impossible_birth]
    )
    # Both may be blank: `phr/accounts/language.py` says what holds then.
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=Language.choices,
        blank=True,
        default="",
        db_default="",
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=LONGEST_NAME,
        blank=True,
        default="",
        db_default="",
        validators=[refuse_unknown_time_zone],
    )
    # The owner takes it on before it can be confirmed (ADR 51).
    address_set_by_staff_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("When staff entered the current address, if they did."),
    )
    # Name, username and address, folded: lists of people look through it. Without a
    # limit, as some letters become eighteen; and empty where the server before this
    # column writes a row.
    search_text = models.TextField(
        blank=True, default="", db_default="", editable=False
    )
    date_joined = None  # type: ignore[assignment] # created_at tells the same

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_one_user_per_name_in_any_case",
                violation_error_code="unique",
                violation_error_message=_("This username is taken."),
            ),
            models.CheckConstraint(
                condition=Q(is_staff=True, user_type=UserType.ADMIN)
                | Q(is_staff=False, user_type__in=[UserType.PATIENT, UserType.DOCTOR]),
                name="accounts_staff_are_administrators_and_nothing_else",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", *Language.values]),
                name="accounts_languages_are_spoken_here",
            ),
        ]
        indexes = [
            models.Index(Lower("email"), name="accounts_user_by_email"),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                fastupdate=False,  # each search would read what is still to be added
                name="accounts_users_by_words",
            ),
        ]
        permissions = [
            (
                "change_address",
                gettext_noop("Can change another person's e-mail address"),
            ),
            (
                "change_birth_date",
                gettext_noop("Can change another person's date of birth"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(
        self, *, update_fields: Iterable[str] | None = None, **options: Any
    ) -> None:
        """Save, and with a name or an address the text that finds people by them."""
        if update_fields is None:
            self.note_search_text()
        elif not {*update_fields}.isdisjoint(SEARCHED):
            self.note_search_text()
            update_fields = {*update_fields, "search_text"}
        super().save(update_fields=update_fields, **options)

    def note_search_text(self) -> None:
        """Bring the text that searches look through up to date with the others."""
        self.search_text = name_line(" ".join(getattr(self, name) for name in SEARCHED))


class LoginSession(BaseModel):
    """One sign-in, from the password to its end; tokens only point here."""

    user = models.ForeignKey(
        User,
        models.CASCADE,
        related_name="login_sessions",
        db_index=False,
        verbose_name=_("user"),
    )
    last_used_at = models.DateTimeField(_("last used at"))
    address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    refresh_id = models.UUIDField(
        default=uuid7, help_text=_("The id of the only valid refresh token.")
    )
    spent_refreshes = models.JSONField(
        default=dict,
        db_default={},
        editable=False,
        help_text=_("Refresh tokens that were used a few seconds ago, and when."),
    )
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    proved_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When a password or a code was last entered."),
    )
    second_factor = models.BooleanField(
        default=False, help_text=_("Whether a second factor was used.")
    )

    objects = LoginSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index(fields=["user", "address"], name="accounts_sign_in_places"),
            # That of last use would make each refresh write to the index as well; and
            # with one that is in order, lists would be looked for in everybody's.
            BrinIndex(fields=["created_at"], name="accounts_sessions_of_long_ago"),
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(revoked_at=None),
                name="accounts_sessions_newest_first",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Sign-in at %(created_at)s") % {
            "created_at": format(self.created_at, "%Y-%m-%d %H:%M")
        }


class Mail(BaseModel):
    """A mail that is to leave, or has left. What it says is made when it leaves.

    Nothing that a mail must keep to itself, such as the key in a link, is stored here.
    """

    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="mails"
    )
    address = models.EmailField()
    mailbox = models.CharField(
        max_length=320,
        blank=True,
        db_default="",
        help_text=_("The normalised address, for which mails are counted."),
    )
    kind = models.CharField(
        max_length=100, help_text=_("Which text, such as app.thing_happened.")
    )
    about_id = models.UUIDField(null=True, blank=True)
    # Its id stays when the event itself has been purged (ADR 33).
    event = models.ForeignKey(
        OutboxEvent,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When the mail server rejected it permanently."),
    )
    dropped_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When it was dropped: too many to this mailbox."),
    )
    joined_to = models.UUIDField(
        null=True, blank=True, help_text=_("The mail that says the same.")
    )

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["mailbox", "kind", "sent_at"],
                name="accounts_mails_of_a_mailbox",
            ),
        ]
        constraints = [
            # What makes a second delivery of the event harmless.
            models.UniqueConstraint(
                fields=["event", "address", "kind"],
                name="accounts_one_mail_per_event_and_address",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
