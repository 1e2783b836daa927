"""The access ledger, and the seals that lie on it."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.audit.actions import sentence_of
from phr.audit.querysets import (
    CHARTS_OPENED,
    OTHER_THAN_LISTS,
    REFUSED_SIGN_INS,
    AccessEntryQuerySet,
)
from phr.core.ids import uuid7


class Basis(models.TextChoices):
    """Why the actor had to do with the data at all."""

    OWN = "OWN", _("Their own data")
    GRANT = "GRANT", _("A grant of the patient")
    EMERGENCY = "EMERGENCY", _("Emergency access")
    STAFF = "STAFF", _("A staff permission")
    NONE = "NONE", _("None")


class Outcome(models.TextChoices):
    ALLOWED = "ALLOWED", _("Allowed")
    REFUSED = "REFUSED", _("Refused")


class NextPosition(models.Func):
    """The next place in the ledger, given out by the database with each row.

    A transaction holds the table's lock for writers before it takes a place, and until
    it has ended: sealing relies on that (ADR 18).
    """

    function = "nextval"
    arity = 1
    output_field = models.BigIntegerField()


def only_added() -> list[pgtrigger.Trigger]:
    """The triggers of a table whose rows stay as they are."""
    return [
        pgtrigger.Protect(
            name="rows_are_only_added",
            operation=pgtrigger.Update | pgtrigger.Delete,
        ),
        pgtrigger.Trigger(
            name="rows_are_not_swept_away",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
        ),
    ]


# What a line may lose, and what is there instead: the name of somebody who is gone, and
# where they were.
REDACTED = {"actor_name": "", "address": None, "user_agent": ""}
REDACT_OR_REFUSE = """
IF TG_OP = 'UPDATE' THEN
  redacted := OLD;
  redacted.actor_name := '';
  redacted.address := NULL;
  redacted.user_agent := '';
  IF NEW IS NOT DISTINCT FROM redacted AND EXISTS (
    SELECT FROM audit_ledgerredaction AS redaction
    WHERE redaction.position = OLD.position AND redaction.entry_id = OLD.id
  ) THEN
    RETURN NEW;
  END IF;
END IF;
RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
"""


def only_added_and_redacted() -> list[pgtrigger.Trigger]:
    """As `only_added`, but lets through that a line is redacted, and says so."""
    _, not_swept_away = only_added()
    unless_redacted = pgtrigger.Trigger(
        name="rows_are_only_added",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("redacted", "audit_accessentry%ROWTYPE")],
        func=REDACT_OR_REFUSE,
    )
    return [unless_redacted, not_swept_away]


class AccessEntry(models.Model):
    """One line: who did what with whose data, why, from where, and with what outcome.

    People and things are kept as plain ids and the actor's name as it was: the ledger
    must outlive what it speaks about, so nothing here is a foreign key.
    The fields answer 45 CFR 164.312(b) and Annex II 3.2 of Regulation (EU) 2025/327.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.BigIntegerField(
        _("position"),
        unique=True,
        editable=False,
        db_default=NextPosition(models.Value("audit_accessentry_position")),
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor_id = models.UUIDField(_("id of the actor"), null=True)
    actor_role = models.CharField(_("role"), max_length=10, blank=True)
    actor_name = models.CharField(_("actor"), max_length=301, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices)
    grant_id = models.UUIDField(_("id of the grant"), null=True)
    action = models.CharField(_("action"), max_length=100)
    object_kind = models.CharField(_("object"), max_length=30)
    object_ids = ArrayField(
        models.UUIDField(),
        verbose_name=_("ids of the objects"),
    )
    categories = ArrayField(
        models.CharField(max_length=20),
        default=list,
        verbose_name=_("types of records"),
    )
    count = models.PositiveIntegerField(_("number"))
    patient_id = models.UUIDField(_("id of the patient"), null=True)
    face = models.CharField(_("interface"), max_length=20)
    address = models.GenericIPAddressField(_("IP address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    since = models.DateTimeField(
        _("since"),
        null=True,
        help_text=_(
            "If refused attempts are counted together: when the first one was."
        ),
    )

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("lines of the ledger")
        indexes = [
            models.Index(fields=["patient_id", "-at", "-id"], name="audit_of_patient"),
            models.Index(fields=["actor_id", "-at", "-id"], name="audit_by_actor"),
            models.Index(
                fields=["patient_id", "actor_id", "-at", "-id"],
                name="audit_of_patient_by_actor",
            ),
            models.Index(
                fields=["patient_id", "action", "-at", "-id"],
                condition=OTHER_THAN_LISTS,
                name="audit_of_patient_but_lists",
            ),
            models.Index(
                fields=["actor_id", "action", "-at", "-id"],
                name="audit_by_actor_and_action",
            ),
            # What is refused is rare, and looked for.
            models.Index(
                fields=["patient_id", "-at", "-id"],
                condition=models.Q(outcome="REFUSED"),
                name="audit_of_patient_refused",
            ),
            models.Index(
                fields=["actor_id", "-at", "-id"],
                condition=models.Q(outcome="REFUSED"),
                name="audit_by_actor_refused",
            ),
            models.Index(
                fields=["object_ids"],
                condition=REFUSED_SIGN_INS,
                name="audit_refused_sign_ins",
            ),
            models.Index(
                fields=["patient_id", "actor_id", "-at"],
                condition=CHARTS_OPENED,
                name="audit_charts_opened",
            ),
        ]
        triggers = only_added_and_redacted()

    def __str__(self) -> str:
        return sentence_of(self.action, self.outcome)


class CountedRefusal(models.Model):
    """Refused attempts of about an hour: the first, and how many came after it.

    `phr.audit.denied_attempts` counts them, and enters the count when the hour is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    who = models.UUIDField(
        help_text=_("Who tried, or the account that somebody tried to sign in to.")
    )
    action = models.CharField(max_length=100)
    thing = models.CharField(max_length=64, help_text=_("The object of the attempt."))
    entered = models.BooleanField(
        help_text=_("Whether the first attempt has its own line.")
    )
    actor_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=30)
    face = models.CharField(max_length=20)
    began = models.DateTimeField()
    since = models.DateTimeField(
        null=True, help_text=_("When the first counted attempt was.")
    )
    at = models.DateTimeField(help_text=_("When the last counted attempt was."))
    count = models.PositiveIntegerField(help_text=_("How many attempts have no line."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["who", "action", "thing"], name="audit_refusals_count_together"
            ),
        ]
        indexes = [models.Index(fields=["began"], name="audit_refusals_to_enter")]

    def __str__(self) -> str:
        return gettext("%(action)s, %(count)s times") % {
            "action": self.action,
            "count": self.count,
        }


class LedgerSeal(models.Model):
    """A signature over the next few lines of the ledger and over the seal before.

    `phr.audit.seals` makes it, `phr.audit.verification` checks it.
    """

    number = models.PositiveBigIntegerField(
        _("number"), primary_key=True, editable=False
    )
    first_position = models.BigIntegerField(_("first position"))
    last_position = models.BigIntegerField(_("last position"))
    count = models.PositiveIntegerField(_("entries"))
    entries = models.BinaryField(help_text=_("Position, id and digest of each line."))
    previous = models.BinaryField(help_text=_("The hash of the previous seal."))
    hash = models.BinaryField()
    signature = models.BinaryField()
    key_id = models.CharField(_("id of the key"), max_length=16)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("seal of the ledger")
        verbose_name_plural = _("seals of the ledger")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gt=0), name="audit_seals_count_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(last_position__gte=models.F("first_position")),
                name="audit_a_seal_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["first_position"], name="audit_lines_are_sealed_once"
            ),
        ]
        triggers = only_added()

    def __str__(self) -> str:
        return gettext("Seal %(number)s") % {"number": self.number}


class LedgerRedaction(models.Model):
    """That a line has lost its actor's name, and nothing else: signed, and only added.

    `phr.audit.redaction` makes it, and says what it proves.
    """

    position = models.BigIntegerField(primary_key=True, editable=False)
    entry_id = models.UUIDField()
    before = models.BinaryField(
        help_text=_("Position, id and digest of the original line, as in a seal.")
    )
    after = models.BinaryField(help_text=_("The same for the redacted line."))
    at = models.DateTimeField()
    signature = models.BinaryField()
    key_id = models.CharField(max_length=16)

    class Meta:
        triggers = only_added()

    def __str__(self) -> str:
        return gettext("Redaction of position %(position)s") % {
            "position": self.position
        }
