"""What a collector of OpenTelemetry is sent."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from config import traces
from config.celery import measure_tasks
from phr.care.models import PatientProfile
from phr.core import observing, task_measures
from phr.core.ids import uuid7
from phr.core.postgres import statement_tally
from phr.core.tasks import replay_outbox
from tests.conftest import Api
from tests.watching.conftest import Flush
from tests.watching.receivers import Receiver

pytestmark = pytest.mark.django_db
ROUTE = "api/health-records/"


def spans_in(box: Receiver) -> list[Any]:
    spans = []
    for path, body in box.received:
        assert path == "/v1/traces"
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                spans += scope.spans
    return spans


def attributes_of(span: Any) -> dict[str, Any]:
    return {
        each.key: each.value.string_value or each.value.int_value
        for each in span.attributes
    }


def test_a_request_is_a_span_with_its_statements(
    api: Api, alice: PatientProfile, collector: Receiver, flush: Flush
) -> None:
    answer = api("alice").get("/api/health-records/?search=chlamydia")
    flush()

    assert answer.status_code == 200

    (span,) = [each for each in spans_in(collector) if not each.parent_span_id]
    inner = [each for each in spans_in(collector) if each.parent_span_id]
    assert span.name == f"GET {ROUTE}"
    assert attributes_of(span) == {
        "http.request.method": "GET",
        "http.route": ROUTE,
        "http.response.status_code": answer.status_code,
        "phr.request_id": answer.headers["X-Request-ID"],
    }
    assert inner
    for each in inner:
        assert (each.trace_id, each.parent_span_id) == (span.trace_id, span.span_id)
        assert each.name == "SELECT"
        assert attributes_of(each).keys() == {"db.system.name", "db.query.text"}
        assert span.start_time_unix_nano <= each.start_time_unix_nano
        assert each.start_time_unix_nano < each.end_time_unix_nano
        assert each.end_time_unix_nano <= span.end_time_unix_nano
    assert b"chlamydia" not in collector.everything
    assert str(alice.user_id).encode() not in collector.everything


def test_a_request_that_fails_is_marked(
    api: Api, alice: PatientProfile, collector: Receiver, flush: Flush
) -> None:
    with patch("phr.health_records.reads.open_record", side_effect=LookupError("x")):
        api("alice").get(f"/api/health-records/{uuid7()}/")
    flush()

    (span,) = [each for each in spans_in(collector) if not each.parent_span_id]
    assert span.status.code == span.status.STATUS_CODE_ERROR
    assert span.status.message == ""
    assert not span.events


def test_a_task_is_a_span(db: None, collector: Receiver, flush: Flush) -> None:
    task_measures.begin(replay_outbox)
    replay_outbox()
    task_measures.end(replay_outbox, state="SUCCESS")
    flush()

    (span,) = [each for each in spans_in(collector) if not each.parent_span_id]
    assert span.name == "phr.core.tasks.replay_outbox"
    assert any(
        "UPDATE" in attributes_of(each).get("db.query.text", "")
        for each in spans_in(collector)
    )


def test_what_callers_say_of_a_trace_is_not_read(
    api: Api, alice: PatientProfile, collector: Receiver, flush: Flush
) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    api("alice").get(
        "/api/health-records/", HTTP_TRACEPARENT=f"00-{theirs}-b7ad6b7169203331-01"
    )
    flush()

    assert all(span.trace_id.hex() != theirs for span in spans_in(collector))


UNFIT = [
    ("OTEL_BSP_MAX_QUEUE_SIZE", "256"),  # less than a batch
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many"),
]


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_a_value_that_opentelemetry_refuses_stops_the_start(
    settings: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1"
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(task_measures, "listen", lambda: None)

    with pytest.raises(ImproperlyConfigured, match="OpenTelemetry cannot start: "):
        traces.start()
    with pytest.raises(SystemExit, match="OpenTelemetry cannot start: "):
        measure_tasks()

    assert statement_tally.watchers == []


def test_requests_and_tasks_succeed_whatever_fails_in_who_watches(
    api: Api,
    alice: PatientProfile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Any) -> None:
        raise LookupError

    monkeypatch.setattr(statement_tally, "watchers", [fail])
    monkeypatch.setattr("phr.interfaces.request_measures.watchers", [fail])
    monkeypatch.setattr(observing, "told", set())

    for _ in range(2):
        assert api("alice").get("/api/health-records/").status_code == 200
    task_measures.begin(replay_outbox)
    task_measures.end(replay_outbox, state="SUCCESS")

    assert caplog.text.count("'what': 'watchers'") == 1


def test_of_what_is_not_sampled_no_statement_is_looked_at(
    api: Api,
    alice: PatientProfile,
    collector: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traces.provider.cache_clear()
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")

    with patch("config.traces.without_values") as looked_at:
        assert api("alice").get("/api/health-records/").status_code == 200

    assert not looked_at.called
