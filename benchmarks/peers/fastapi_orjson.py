"""Peer (b) without pydantic: rows straight to orjson, the best there is in Python."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto
from fastapi import FastAPI, HTTPException, Request, Response

from benchmarks.peers import rows


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await rows.connect()
    yield
    await app.state.pool.close()


application = FastAPI(lifespan=lifespan)


def text_of(value: object) -> str:
    if isinstance(value, pgproto.UUID):
        return str(value)
    raise TypeError


def answer(data: object) -> Response:
    body = orjson.dumps(data, text_of, orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


@application.get("/health/")
async def health() -> Response:
    return answer({"status": "ok"})


@application.get("/api/health-records/")
async def records(request: Request) -> Response:
    async with application.state.pool.acquire() as connection:
        patient = await rows.patient_of(request, connection)
        results, more = await rows.read_page(connection, patient)
    following = rows.next_page(request, results, more)
    return answer({"next": following, "previous": None, "results": results})


@application.get("/api/health-records/{record_id}/")
async def record(record_id: UUID, request: Request) -> Response:
    async with application.state.pool.acquire() as connection:
        patient = await rows.patient_of(request, connection)
        found = await connection.fetch(rows.ONE, patient, record_id)
        if not found:
            raise HTTPException(404)
        return answer((await rows.with_comments(connection, found))[0])
