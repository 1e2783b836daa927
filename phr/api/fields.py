"""Fields that take what their JSON type is, and nothing that merely looks like it."""

from datetime import UTC, datetime
from typing import Any, NoReturn

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from phr.accounts.language import refuse_unknown_time_zone
from phr.core.mail_addresses import LONGEST, normalized
from phr.core.single_line import refuse_other_than_one_line
from phr.core.time_zones import LONGEST_NAME


class Text(serializers.CharField):
    """A JSON string, as long as it may be; surrounding white space is kept off."""

    default_error_messages = {"invalid": _("Enter a string.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Line(Text):
    """A text that others read beside their own: one line of which something is seen."""

    def get_validators(self) -> list[Any]:
        return [*super().get_validators(), refuse_other_than_one_line]


@extend_schema_field(
    {
        "type": "string",
        "pattern": r"^[^\u0000]*[^\d\u0000][^\u0000]*$",
        "format": "password",
        "description": "Not only digits, not common, and not similar to your name. "
        "Passwords are normalised to Unicode NFKC.",
    }
)
class NewPassword(Text):
    """A password; whether it keeps the rules for passwords is seen later.

    Later, and together with what must not be like it: the name.
    """

    shortest = 8  # for the OpenAPI document


class Flag(serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": _("Enter true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


@extend_schema_field({"type": "string", "format": "email", "maxLength": LONGEST})
class Address(Text):
    """An e-mail address in any spelling, of which one is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        return normalized(address) if len(address) <= LONGEST else address


class Whole(serializers.IntegerField):
    """A JSON number without a fraction; 5.0 is the same number as 5 in JSON."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of the values listed, written just so."""

    default_error_messages = {"invalid_choice": _("This is not one of the choices.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return str(super().to_internal_value(data))


class Id(serializers.UUIDField):
    """A UUID as a string."""

    default_error_messages = {"invalid": _("Enter a UUID.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A calendar date, ISO 8601."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Moment(serializers.DateTimeField):
    """A point in time: ISO 8601 with a zone, kept in UTC."""

    default_error_messages = {"no_zone": _("Add the time zone, for example Z.")}

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        return super().to_internal_value(value)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_zone")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("overflow", timezone="UTC")


class TimeZone(Text):
    """The name of a time zone, written just so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=LONGEST_NAME, validators=[refuse_unknown_time_zone], **kwargs
        )


class Items(serializers.ListField):
    """A JSON list, whose length is looked at before anything in it is."""

    def to_internal_value(self, data: Any) -> list[Any]:
        most = self.max_length
        if most is not None and isinstance(data, list) and len(data) > most:
            self.fail("max_length", max_length=most)
        return super().to_internal_value(data)


MOST_FAULTS = 20  # of fields that should not be there; more would only cost


class StrictSerializer(serializers.Serializer[Any]):
    """Input in which a field that is unknown or read-only is an error."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self.refuse_others(data.keys() - self.writable_names())
        return super().to_internal_value(data)

    def writable_names(self) -> set[str]:
        return {name for name, field in self.fields.items() if not field.read_only}

    def refuse_others(self, others: set[str]) -> None:
        if not others:
            return
        raise serializers.ValidationError(
            {name: self.why_not(name) for name in sorted(others)[:MOST_FAULTS]}
        )

    def why_not(self, name: str) -> ErrorDetail:
        if name in self.fields or name in self.read_only_names():
            return ErrorDetail(gettext("This field is read-only."), "read_only")
        return ErrorDetail(gettext("This field does not exist."), "unknown_field")

    def read_only_names(self) -> tuple[str, ...]:
        return getattr(getattr(self, "Meta", None), "answered", ())


class NoBody(StrictSerializer):
    """A request that needs no words."""


def raise_invalid(name: str, code: str, message: str) -> NoReturn:
    raise serializers.ValidationError({name: ErrorDetail(message, code)})
