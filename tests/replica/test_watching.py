"""What operators are told of a replica."""

import pytest
from django.conf import settings as django_settings
from django.db import connections

from phr.core.gauges import replica_lag
from phr.core.postgres.replica.standing import ALIAS, standing
from phr.operations.doctor import replica
from phr.operations.findings import Level
from server.asked_gauges import AskedGauges, sources
from tests.factories import PatientFactory
from tests.metrics.test_gauges import values
from tests.operations.looking import only
from tests.replica.servers import FAR_BEHIND, Pair
from tests.waiting import wait_until


def lag() -> float:
    return values(replica_lag())["phr_replica_lag_seconds"]


def test_the_lag_grows_while_the_replica_lacks_something_and_else_is_none(
    pair: Pair,
) -> None:
    assert lag() == 0
    pair.delay(FAR_BEHIND)
    assert lag() == 0  # nothing was written since

    PatientFactory()
    began = standing.complete_until
    wait_until(lambda: lag() > 1)
    assert standing.complete_until == began
    pair.catch_up()
    assert lag() == 0


def test_metrics_say_whether_the_replica_answers(pair: Pair) -> None:
    told = values(AskedGauges().collect())
    with pair.ended():
        away = values(AskedGauges().collect())

    assert told["phr_source_up/replica"] == 1
    assert "phr_replica_lag_seconds" in told
    assert away["phr_source_up/replica"] == 0
    assert away["phr_source_up/database"] == 1


def test_without_a_replica_metrics_do_not_speak_of_one() -> None:
    assert sources() == ["database", "redis"]


def test_the_doctor_says_how_far_it_is_behind(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "MOST_SECONDS", 1)
    (well,) = replica.examine()
    pair.delay(FAR_BEHIND)
    PatientFactory()

    assert well.level is Level.OK
    assert only(replica.examine(), Level.WARNING).startswith("It is more than 1 sec")


def test_the_doctor_finds_a_replica_that_is_away_and_one_that_is_none(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pair.ended():
        away = list(replica.examine())
        connections.close_all()
    primary = django_settings.DATABASES["default"]["HOST"]
    monkeypatch.setitem(django_settings.DATABASES[ALIAS], "HOST", primary)

    assert "nothing can be read" in only(away, Level.WARNING)
    assert "no replica of the one" in only(replica.examine(), Level.WARNING)
