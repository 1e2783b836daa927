"""OpenTelemetry traces: a span for each request and task, one for each SQL statement.

Spans are made of what is counted anyway, when a request or task has ended. They carry
routes, statuses, names of tasks and statements without values; nothing else is put in,
so there is nothing to take out: no address, header, body, parameter or person. What
callers say of a trace of their own (`traceparent`) is not read.
"""

import time
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from phr.core.postgres import statement_tally
from phr.core.postgres.statement_tally import Finished, without_values

PATH = "/v1/traces"  # as the OTLP specification has it
NANOSECONDS = 1_000_000_000


def start() -> None:
    """Have this process, and those forked from it, send traces, if they are asked for.

    The connection is made by each process at its first request or task.

    :raises ImproperlyConfigured: OpenTelemetry refuses a value of its own variables.
    """
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    try:
        make_provider().shutdown()  # a thread of it would not survive a fork
    except Exception as error:
        raise ImproperlyConfigured(
            f"Settings:\n  OTEL_*: OpenTelemetry cannot start: {error}"
        ) from error
    statement_tally.watchers.append(send)


@cache
def provider() -> Any:
    return make_provider()


def make_provider() -> Any:
    """What sends spans; OTEL_TRACES_SAMPLER and the like count as well.

    :raises ValueError: such a variable has an unfit value.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip("/") + PATH
    resource = Resource.create({"service.name": "health-record-api"})
    made = TracerProvider(resource=resource)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return made


def send(finished: Finished) -> None:
    """Make the spans of a request or task that has ended."""
    from opentelemetry import trace

    tracer = provider().get_tracer("phr")
    ended, now = time.time_ns(), time.perf_counter()

    def at(moment: float) -> int:
        return ended - round((now - moment) * NANOSECONDS)

    kinds = {"request": trace.SpanKind.SERVER, "task": trace.SpanKind.CONSUMER}
    span = tracer.start_span(
        finished.name,
        context=trace.set_span_in_context(trace.INVALID_SPAN),
        kind=kinds[finished.kind],
        attributes=finished.attributes,
        start_time=at(finished.tally.began),
    )
    if not span.is_recording():  # it was not sampled, so nor are its statements
        return
    if finished.has_failed:
        span.set_status(trace.StatusCode.ERROR)
    inside = trace.set_span_in_context(span)
    for statement in finished.tally.seen or ():
        text = without_values(statement.sql)
        tracer.start_span(
            text.partition(" ")[0].upper()[:20],
            context=inside,
            kind=trace.SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text},
            start_time=at(statement.began),
        ).end(at(statement.began + statement.seconds))
    span.end(ended)
