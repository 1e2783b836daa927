"""What all tables of earlier versions have in common."""

from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models


def version_id() -> "models.UUIDField[object, object]":
    return models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)


def reference_to(model: type[models.Model]) -> "models.ForeignKey[Any, Any]":
    """A column that holds an id, also of what is gone."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )


def versions_of(model: type[models.Model], columns: tuple[str, ...]) -> Any:
    """What the model of a table of earlier rows is made on."""
    return pghistory.create_event_model(
        model,
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        fields=list(columns),
        obj_field=None,  # type: ignore[arg-type] # its types leave None out
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type] # as above
    )


def only_added() -> pgtrigger.Protect:
    """What makes a table one whose rows nobody changes; purging goes around it."""
    return pgtrigger.Protect(
        name="rows_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
    )
