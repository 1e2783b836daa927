"""Comparing what the server shows with what the model says."""

from typing import Any

from tests.care.installation import (
    DOCTORS,
    IN_EVERY_RECORD,
    PATIENTS,
    Installation,
    as_json,
    word,
)
from tests.care.model_of_access import Grant, Model


def grants_agree(server: Installation, model: Model) -> None:
    """What a step did to grants is what it does in the model; a refused one, nothing.

    :raises AssertionError: it differs.
    """
    rows: dict[str, Any] = {}
    for patient in PATIENTS:
        rows |= server.grants_of(patient)
    shown = [
        {name: rows[grant_id][name] for name in NAMES} for grant_id in server.grant_ids
    ]
    same("the grants", shown, [expected(model, grant) for grant in model.grants])
    same("the ids of grants", rows.keys(), set(server.grant_ids))


def same(what: str, shown: Any, said: Any) -> None:
    assert shown == said, f"{what}: {shown}, but the model says {said}"


NAMES = (
    *("status", "origin", "is_primary"),
    *("record_types", "records_since", "expires_at"),
)


def expected(model: Model, grant: Grant) -> dict[str, Any]:
    state = model.state(grant)
    return as_json(grant.terms) | {
        "status": state,
        "origin": grant.origin,
        "is_primary": grant.is_primary and state in {"PENDING", "ACTIVE"},
    }


def lists_agree(server: Installation, model: Model) -> None:
    """Each doctor lists what they may see, and only that.

    :raises AssertionError: it differs.
    """
    for doctor in DOCTORS:
        same(f"{doctor} lists", server.listed(doctor), model.seen_by(doctor))


def other_views_agree(server: Installation, model: Model) -> None:
    """The same of opening, searching, counting, explaining and previewing.

    :raises AssertionError: it differs.
    """
    for doctor in DOCTORS:
        seen = model.seen_by(doctor)
        same(f"{doctor} opens", server.opened(doctor), seen)
        same(f"{doctor} finds", server.found(doctor, IN_EVERY_RECORD), seen)
        same(f"{doctor} counts", server.counted(doctor), model.figures_of(doctor))
        one_word_finds_one(server, doctor, seen)
        explanations_agree(server, model, doctor, seen)
    previews_agree(server, model)


def one_word_finds_one(server: Installation, doctor: str, seen: set[int]) -> None:
    """The word of the record that was made last finds it, or nothing."""
    if server.record_ids:
        latest = len(server.record_ids) - 1
        found = server.found(doctor, word(latest))
        same(f"{doctor} finds by one word", found, seen & {latest})


def explanations_agree(
    server: Installation, model: Model, doctor: str, seen: set[int]
) -> None:
    """One that can be seen and one that cannot: explaining takes the longest."""
    live = {number for number, record in enumerate(model.records) if record.is_live}
    for number in {*sorted(live & seen)[:1], *sorted(live - seen)[-1:]}:
        can_see = server.explained(model.records[number].patient, doctor, number)
        same(f"{doctor} is explained to see {number}", can_see, number in seen)


def previews_agree(server: Installation, model: Model) -> None:
    """Each grant's preview, and for active ones that of a new grant like it."""
    for number, grant in enumerate(model.grants):
        opened = model.opened_by(grant)
        previewed = server.previewed(grant.patient, number)
        same(f"the preview of {grant}", previewed, opened)
        if model.state(grant) == "ACTIVE":
            terms = as_json(grant.terms) | {"doctor_id": server.ids[grant.doctor]}
            previewed = server.previewed_terms(grant.patient, terms)
            same(f"the preview of another {grant}", previewed, opened)
