"""Forms of the portal: what a service refuses stands beside the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from phr.core.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)
from phr.core.idempotency import KeyReused
from phr.interfaces.errors import status_of

# What somebody can mend in the form itself, or later, also where no field is at fault.
SAID_IN_FORM = (Invalid, Conflict, KeyReused, NotSignedIn, TooMany, Unavailable)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field.

    :param place: the id of what is to be filled in, the first of several.
    """

    label: str
    words: str
    place: str


def place_of(field: forms.BoundField) -> str:
    """The id of what is filled in; of several buttons, that of the first."""
    return field.id_for_label or f"{field.auto_id}_0"


class PortalForm(forms.Form):
    """A form whose page is answered with the status of what is wrong with it."""

    template_name = "portal/partials/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.refused_with: HTTPStatus | None = None

    @property
    def status(self) -> HTTPStatus:
        if self.refused_with is not None:
            return self.refused_with
        is_wrong = self.is_bound and bool(self.errors)
        return HTTPStatus.BAD_REQUEST if is_wrong else HTTPStatus.OK

    @property
    def mistakes(self) -> list[Mistake]:
        """What is wrong with the fields, for the list above the form."""
        return [
            Mistake(str(field.label), str(words), place_of(field))
            for field in self.visible_fields()
            for words in field.errors
        ]

    @contextmanager
    def showing_refusals(self, *also: type[DomainError]) -> Iterator[None]:
        """Say in the form what a service refuses within the block, which then ends.

        :param also: what belongs into this form as well, such as `NotFound` of whom
            somebody has named in it.
        """
        try:
            yield
        except DomainError as error:
            of_field = error.field is not None and not isinstance(error, NotFound)
            if not of_field and not isinstance(error, SAID_IN_FORM + also):
                raise
            self.add_refusal(error)

    def add_refusal(self, error: DomainError) -> None:
        name = (error.field or "").rpartition(".")[2]
        is_seen = name in self.fields and not self.fields[name].widget.is_hidden
        field = name if is_seen else None
        self.add_error(field, ValidationError(error.detail, error.code))
        self.refused_with = status_of(error)
