"""The access log as JSON."""

from typing import Any

from rest_framework import serializers

from phr.accounts.models import UserType
from phr.api.fields import Choice, Id, Moment, Text, Whole
from phr.audit.models import Basis, Outcome


class ActorSerializer(serializers.Serializer[Any]):
    """Who it was, by the name they had at the time."""

    id = Id()
    name = Text()
    role = Choice(UserType.choices)


class OriginSerializer(serializers.Serializer[Any]):
    """Where it came from."""

    face = Text(help_text="The part of the server: api, admin, ...")
    address = serializers.IPAddressField(allow_null=True)
    user_agent = Text(allow_blank=True, help_text="As the client named itself.")


class EntrySerializer(serializers.Serializer[Any]):
    """One line of the ledger: who did what with whose data, why and from where."""

    id = Id()
    at = Moment()
    since = Moment(
        allow_null=True,
        help_text="Where refused attempts were counted: when the first of them was. "
        "The last one was then, and count says how many.",
    )
    actor = ActorSerializer(
        allow_null=True, help_text="Null where nobody was signed in."
    )
    action = Text(help_text="Such as health_records.record_opened.")
    object_kind = Text(help_text="record, comment, grant, profile, account, ...")
    object_ids = serializers.ListField(child=Id())
    categories = serializers.ListField(
        child=Text(), help_text="The types of the records that it was about."
    )
    count = Whole(
        min_value=0, help_text="How many things it was about, or how many attempts."
    )
    patient = Id(allow_null=True, help_text="Whose data it was about.")
    basis = Choice(Basis.choices, help_text="By what right.")
    grant = Id(allow_null=True, help_text="The grant that opened the data.")
    origin = OriginSerializer()
    outcome = Choice(Outcome.choices)
