"""Who may read which lines of the ledger."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models

from phr.accounts.models import User, UserType
from phr.audit.actions import Action

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.audit.models import AccessEntry


# What was refused to nobody in particular; the index of these says the same.
REFUSED_SIGN_INS = models.Q(actor_id=None, object_kind="account", outcome="REFUSED")
# As well; the words are those of `Action.CHART_OPENED`.
CHARTS_OPENED = models.Q(action="health_records.chart_opened", outcome="ALLOWED")
# Not what doctors' lists enter, a line for each patient on the page: most of all lines.
OTHER_THAN_LISTS = ~models.Q(
    action__in=[Action.RECORDS_LISTED.value, Action.PATIENTS_LISTED.value]
)


class AccessEntryQuerySet(models.QuerySet["AccessEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients read what was done with their data; doctors what they did.

        What a line tells them is cut to the reader by `phr.audit.access_log.told_to`.
        Counts of refused attempts are a line for each patient: that there are two
        would tell a doctor that two things exist which they may not know about.
        """
        match user:
            case User(user_type=UserType.PATIENT, patient_profile=profile):
                return self.filter(patient_id=profile.pk)
            case User(user_type=UserType.DOCTOR):
                return self.filter(actor_id=user.pk, since=None)
            case _:
                return self.none()

    def about(self, patient_id: UUID, *, reader: User) -> Self:
        """Keep the lines about one patient, where the reader may know whose they are.

        A doctor whom the server refused must not find out whose the thing was, or that
        there is such a thing, by trying one patient after another.
        """
        from phr.audit.models import Outcome  # it imports this module

        lines = self.filter(patient_id=patient_id)
        if reader.user_type == UserType.PATIENT:
            return lines
        return lines.filter(outcome=Outcome.ALLOWED)

    def charts_opened_by(self, actor_id: UUID) -> Self:
        """Keep the lines that say when a doctor has opened patients' charts.

        There is an index of these and no others: a doctor's last look at a patient is
        one step in it, however often they have listed their patients meanwhile.
        """
        return self.filter(CHARTS_OPENED, actor_id=actor_id)

    def naming(self, actor_id: UUID) -> Self:
        """Keep the lines that still say who this actor was, or where they were."""
        from phr.audit.models import REDACTED  # it imports this module

        return self.filter(actor_id=actor_id).exclude(**REDACTED)

    def placing_refused_sign_ins(self, account_id: UUID) -> Self:
        """Keep the lines that still say from where signing in to an account failed.

        They have no actor, and most are of the owner, who has mistyped something.
        """
        from phr.audit.models import REDACTED  # it imports this module

        refused = self.filter(REFUSED_SIGN_INS, object_ids=[account_id])
        return refused.exclude(**REDACTED)
