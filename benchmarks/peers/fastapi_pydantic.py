"""Peer (b): FastAPI, asyncpg and pydantic response models, under uvicorn.

As a developer in a hurry for speed writes it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request

from benchmarks.peers import rows
from benchmarks.peers.schemas import Page, Record


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await rows.connect()
    yield
    await app.state.pool.close()


application = FastAPI(lifespan=lifespan)


@application.get("/health/")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@application.get("/api/health-records/", response_model=Page)
async def records(request: Request) -> dict[str, object]:
    async with application.state.pool.acquire() as connection:
        patient = await rows.patient_of(request, connection)
        results, more = await rows.read_page(connection, patient)
    following = rows.next_page(request, results, more)
    return {"next": following, "previous": None, "results": results}


@application.get("/api/health-records/{record_id}/", response_model=Record)
async def record(record_id: UUID, request: Request) -> object:
    async with application.state.pool.acquire() as connection:
        patient = await rows.patient_of(request, connection)
        found = await connection.fetch(rows.ONE, patient, record_id)
        if not found:
            raise HTTPException(404)
        return (await rows.with_comments(connection, found))[0]
