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
    user_agent = Text(
        allow_blank=True, help_text=("The User-Agent header of the client.")
    )


class EntrySerializer(serializers.Serializer[Any]):
    """One line of the ledger: who did what with whose data, why and from where."""

    id = Id()
    at = Moment()
    since = Moment(
        allow_null=True,
        help_text="Set if refused attempts were counted together: the time of the "
        "first one. occurred_at is the time of the last one, and count says "
        "how many there were.",
    )
    actor = ActorSerializer(allow_null=True, help_text="Null if nobody was signed in.")
    action = Text(help_text="For example health_records.record_opened.")
    object_kind = Text(help_text="record, comment, grant, profile, account, ...")
    object_ids = serializers.ListField(child=Id())
    categories = serializers.ListField(
        child=Text(), help_text="The types of the records involved."
    )
    count = Whole(
        min_value=0,
        help_text="How many items were involved, or how many attempts were made.",
    )
    patient = Id(allow_null=True, help_text="The patient whose data was involved.")
    basis = Choice(Basis.choices, help_text="What gave the actor access.")
    grant = Id(allow_null=True, help_text="The grant that gave access to the data.")
    origin = OriginSerializer()
    outcome = Choice(Outcome.choices)
