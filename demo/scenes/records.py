"""Patients write down their visits, doctors comment, and both correct themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from demo.entries import Comment, CommentCorrection, Correction, Visit
from demo.files import everyday, stories
from demo.scenes.reading import before_commenting
from demo.world import Scene, World
from phr.health_records.comments import add_comment, change_comment
from phr.health_records.services import change_record, create_record


def scenes() -> Iterator[Scene]:
    """All of the stories; of what was long ago nobody is told any more."""
    since = everyday().news_of_records_since
    for scene in all_scenes():
        yield replace(scene, tells=scene.tells and scene.at >= since)


def all_scenes() -> Iterator[Scene]:
    written_after = everyday().written_after
    for patient, visits in stories().items():
        for visit in visits:
            written = visit.when + written_after
            yield Scene(written, patient, partial(write_down, patient, visit))
            for fix in visit.corrections:
                yield Scene(fix.at, patient, partial(correct, patient, visit, fix))
            for comment in visit.comments:
                at = written + timedelta(hours=comment.hours_later)
                yield from commenting(patient, visit, comment, at)


def commenting(
    patient: str, visit: Visit, comment: Comment, at: datetime
) -> Iterator[Scene]:
    yield from before_commenting(patient, visit, comment.doctor, at)
    yield Scene(at, comment.doctor, partial(write_comment, patient, visit, comment))
    for fix in comment.corrections:
        change = partial(correct_comment, patient, visit, comment, fix)
        yield Scene(fix.at, comment.doctor, change)


def write_down(patient: str, visit: Visit, world: World) -> None:
    written = create_record(
        actor=world.users[patient], now=timezone.now(), **visit.values
    )
    world.records[patient][visit.when] = written.id


def correct(patient: str, visit: Visit, fix: Correction, world: World) -> None:
    change_record(
        actor=world.users[patient],
        record_id=world.records[patient][visit.when],
        now=timezone.now(),
        values=fix.texts,
    )


def write_comment(patient: str, visit: Visit, comment: Comment, world: World) -> None:
    record_id = world.records[patient][visit.when]
    written = add_comment(
        actor=world.users[comment.doctor],
        record_id=record_id,
        comment=comment.text,
        is_private=comment.is_private,
    )
    world.comments[record_id, comment] = written.pk


def correct_comment(
    patient: str, visit: Visit, comment: Comment, fix: CommentCorrection, world: World
) -> None:
    change_comment(
        actor=world.users[comment.doctor],
        comment_id=world.comments[world.records[patient][visit.when], comment],
        values={"comment": fix.text},
    )
