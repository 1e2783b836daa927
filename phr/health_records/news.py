"""What is new to a patient."""

from datetime import datetime

from django.db.models import Count, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from phr.accounts.models import User, UserType
from phr.care.models import PatientProfile
from phr.health_records.models import DoctorComment


def count_new_comments(reader: User, since: datetime | None) -> int:
    """How many comments a patient can read that were written since then.

    The reader's profile comes along, which saves those who need it next a statement.

    :param since: None for never before: then nothing is called new.
    """
    if reader.user_type != UserType.PATIENT:
        return 0
    profiles = PatientProfile.objects.visible_to(reader)
    if since is not None:
        comments = DoctorComment.objects.visible_to(reader).filter(created_at__gt=since)
        together = comments.order_by().annotate(all=Value(1)).values("all")
        count = Subquery(together.annotate(n=Count("pk")).values("n"))
        number = Coalesce(count, 0, output_field=IntegerField())
        profiles = profiles.annotate(new_comments=number)
    reader.patient_profile = profiles.get()
    return getattr(reader.patient_profile, "new_comments", 0)
