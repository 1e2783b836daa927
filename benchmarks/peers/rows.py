"""The statements of the FastAPI peers, the check of the token, and the cursor."""

import json
import os
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from hmac import new as hmac
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import jwt
from fastapi import HTTPException, Request

KEY = os.environ["JWT_SIGNING_KEY"]
SECRET = os.environ["SECRET_KEY"]
SESSION = """
SELECT u.id, p.id AS patient_id
FROM accounts_loginsession s
JOIN accounts_user u ON u.id = s.user_id
JOIN care_patientprofile p ON p.user_id = u.id
WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND u.is_active
"""
RECORD = """
SELECT r.id, r.patient_id, r.record_type, r.title, r.description, r.symptoms,
  r.diagnosis, r.treatment, r.medications, r.visit_date, r.version, r.created_at,
  r.updated_at, u.id AS user_id, u.username, u.email, u.first_name, u.last_name,
  u.user_type
FROM health_records_healthrecord r
JOIN accounts_user u ON u.id = r.created_by_id
WHERE r.patient_id = $1 AND r.deleted_at IS NULL
"""
PAGE = f"{RECORD} ORDER BY r.visit_date DESC, r.id DESC LIMIT 21"
ONE = f"{RECORD} AND r.id = $2"
COMMENTS = """
SELECT c.health_record_id, c.id, c.comment, c.is_private, c.created_at, c.updated_at,
  d.id AS doctor_id, d.specialization, d.years_of_experience, d.verified_at,
  d.verified_until, u.id AS user_id, u.first_name, u.last_name
FROM health_records_doctorcomment c
JOIN care_doctorprofile d ON d.id = c.doctor_id
JOIN accounts_user u ON u.id = d.user_id
WHERE c.health_record_id = ANY($1::uuid[]) AND NOT c.is_private
ORDER BY c.created_at DESC, c.id DESC
"""


async def connect() -> asyncpg.Pool:
    url = os.environ["DATABASE_URL"]
    return await asyncpg.create_pool(url, min_size=4, max_size=8, reset=leave_as_it_is)


async def leave_as_it_is(connection: Any) -> None:
    """Nothing here changes a connection: four statements less for each request."""


def session_of(request: Request) -> tuple[UUID, UUID]:
    """The ids of the login session and of its user.

    :raises HTTPException: the token does not count.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(
            token,
            KEY,
            algorithms=["HS256"],
            audience="health-record-api",
            issuer="health-record-api",
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    if kind.lower() != "bearer":
        raise HTTPException(401)
    return UUID(claims["sid"]), UUID(claims["sub"])


async def patient_of(request: Request, connection: Any) -> UUID:
    """:raises HTTPException: the token does not count, or its session has ended."""
    found = await connection.fetchrow(SESSION, *session_of(request))
    if found is None:
        raise HTTPException(401)
    return found["patient_id"]


async def read_page(connection: Any, patient: UUID) -> tuple[list[Any], bool]:
    """The first 20 records with their comments, and whether there are more."""
    rows = await connection.fetch(PAGE, patient)
    return await with_comments(connection, rows[:20]), len(rows) > 20


async def with_comments(connection: Any, rows: list[Any]) -> list[Any]:
    comments: dict[UUID, list[Any]] = {row["id"]: [] for row in rows}
    for comment in await connection.fetch(COMMENTS, list(comments)):
        comments[comment["health_record_id"]].append(comment)
    now = datetime.now(UTC)
    return [record_of(row, comments[row["id"]], now) for row in rows]


def record_of(row: Any, comments: list[Any], now: datetime) -> dict[str, Any]:
    return {
        "id": row["id"],
        "patient": row["patient_id"],
        "record_type": row["record_type"],
        "title": row["title"],
        "description": row["description"],
        "symptoms": row["symptoms"],
        "diagnosis": row["diagnosis"],
        "treatment": row["treatment"],
        "medications": row["medications"],
        "visit_date": row["visit_date"],
        "created_by": {
            "id": row["user_id"],
            "username": row["username"],
            "email": row["email"],
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "user_type": row["user_type"],
        },
        "version": row["version"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "doctor_comments": [comment_of(comment, now) for comment in comments],
    }


def comment_of(row: Any, now: datetime) -> dict[str, Any]:
    until = row["verified_until"]
    is_verified = row["verified_at"] is not None and (until is None or until > now)
    return {
        "id": row["id"],
        "comment": row["comment"],
        "is_private": row["is_private"],
        "doctor": {
            "id": row["doctor_id"],
            "user": {
                "id": row["user_id"],
                "first_name": row["first_name"],
                "last_name": row["last_name"],
            },
            "specialization": row["specialization"],
            "years_of_experience": row["years_of_experience"],
            "is_verified": is_verified,
        },
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def next_page(request: Request, results: list[Any], more: bool) -> str | None:
    """The address of the next page."""
    if not more:
        return None
    return page_after(request, results[-1]["visit_date"], results[-1]["id"])


def page_after(request: Request, visit_date: datetime, record_id: UUID) -> str:
    """The page after a record, its cursor signed as Django signs."""
    parts = [True, visit_date.isoformat(), str(record_id)]
    data = urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode())
    value = data.strip(b"=").decode()
    key = sha256(b"phr.api.pagingsigner" + SECRET.encode()).digest()
    digest = hmac(key, value.encode(), sha256).digest()
    signature = urlsafe_b64encode(digest).strip(b"=").decode()
    here = request.url.replace(scheme=request.headers.get("x-forwarded-proto", "http"))
    return f"{here}?cursor={quote(f'{value}:{signature}')}"
