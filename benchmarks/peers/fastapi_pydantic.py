"""Peer (b): FastAPI, asyncpg and pydantic response models, under uvicorn.

As a developer in a hurry for speed writes it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from benchmarks.peers import rows


class User(BaseModel):
    id: UUID
    username: str
    email: str
    first_name: str
    last_name: str
    user_type: str


class Name(BaseModel):
    id: UUID
    first_name: str
    last_name: str


class Doctor(BaseModel):
    id: UUID
    user: Name
    specialization: str
    years_of_experience: int | None
    is_verified: bool


class Comment(BaseModel):
    id: UUID
    comment: str
    is_private: bool
    doctor: Doctor
    created_at: datetime
    updated_at: datetime


class Record(BaseModel):
    id: UUID
    patient: UUID
    record_type: str
    title: str
    description: str
    symptoms: str
    diagnosis: str
    treatment: str
    medications: str
    visit_date: datetime
    created_by: User
    version: int
    created_at: datetime
    updated_at: datetime
    doctor_comments: list[Comment]


class Page(BaseModel):
    next: str | None
    previous: str | None
    results: list[Record]


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
