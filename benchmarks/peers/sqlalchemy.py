"""Peer (c): FastAPI, SQLAlchemy's ORM in sync sessions, and pydantic, under uvicorn.

As MediKeep answers: endpoints that are plain functions and run in threads, a session
for each request from a dependency, whole objects with what belongs to them by joined
loading, pydantic models made of their attributes. Its log, its middleware, and its
second and third question for the user are left out; the driver is psycopg 3, as ours.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import psycopg
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Query,
    Session,
    joinedload,
    mapped_column,
    relationship,
    sessionmaker,
)

from benchmarks.peers import rows, schemas

URL = os.environ["DATABASE_URL"]  # libpq's, with what SQLAlchemy cannot read
PAGE_SIZE = 20


class Table(DeclarativeBase):
    id: Mapped[UUID] = mapped_column(primary_key=True)


class User(Table):
    __tablename__ = "accounts_user"

    username: Mapped[str]
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    user_type: Mapped[str]
    is_active: Mapped[bool]


class LoginSession(Table):
    __tablename__ = "accounts_loginsession"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    revoked_at: Mapped[datetime | None]


class PatientProfile(Table):
    __tablename__ = "care_patientprofile"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))


class DoctorProfile(Table):
    __tablename__ = "care_doctorprofile"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    specialization: Mapped[str]
    years_of_experience: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]
    user: Mapped[User] = relationship()

    @property
    def is_verified(self) -> bool:
        until = self.verified_until
        return self.verified_at is not None and (
            until is None or until > datetime.now(UTC)
        )


class DoctorComment(Table):
    __tablename__ = "health_records_doctorcomment"

    health_record_id: Mapped[UUID] = mapped_column(
        ForeignKey("health_records_healthrecord.id")
    )
    doctor_id: Mapped[UUID] = mapped_column(ForeignKey(DoctorProfile.id))
    comment: Mapped[str]
    is_private: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    doctor: Mapped[DoctorProfile] = relationship()


class HealthRecord(Table):
    __tablename__ = "health_records_healthrecord"

    patient: Mapped[UUID] = mapped_column("patient_id", ForeignKey(PatientProfile.id))
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    record_type: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    symptoms: Mapped[str]
    diagnosis: Mapped[str]
    treatment: Mapped[str]
    medications: Mapped[str]
    visit_date: Mapped[datetime]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    created_by: Mapped[User] = relationship()
    doctor_comments: Mapped[list[DoctorComment]] = relationship(
        primaryjoin=lambda: (
            (HealthRecord.id == DoctorComment.health_record_id)
            & DoctorComment.is_private.is_(False)
        ),
        order_by=lambda: (DoctorComment.created_at.desc(), DoctorComment.id.desc()),
        viewonly=True,
    )


engine = create_engine(
    "postgresql+psycopg://",
    creator=lambda: psycopg.connect(URL, options="-c TimeZone=UTC"),
    pool_pre_ping=True,
    pool_recycle=1800,
    pool_size=10,
    max_overflow=20,
)
Sessions = sessionmaker(engine, autoflush=False)
application = FastAPI()


def open_session() -> Iterator[Session]:
    session = Sessions()
    try:
        yield session
    finally:
        session.close()


OpenSession = Annotated[Session, Depends(open_session)]


def current_patient(request: Request, session: OpenSession) -> PatientProfile:
    """:raises HTTPException: the token does not count, or its session has ended."""
    session_id, user_id = rows.session_of(request)
    patient = (
        session.query(PatientProfile)
        .join(User, User.id == PatientProfile.user_id)
        .join(LoginSession, LoginSession.user_id == User.id)
        .filter(
            LoginSession.id == session_id,
            LoginSession.user_id == user_id,
            LoginSession.revoked_at.is_(None),
            User.is_active,
        )
        .first()
    )
    if patient is None:
        raise HTTPException(401)
    return patient


CurrentPatient = Annotated[PatientProfile, Depends(current_patient)]


def own_records(session: Session, patient: PatientProfile) -> Query[HealthRecord]:
    comments = joinedload(HealthRecord.doctor_comments)
    return (
        session.query(HealthRecord)
        .filter(HealthRecord.patient == patient.id, HealthRecord.deleted_at.is_(None))
        .options(
            joinedload(HealthRecord.created_by),
            comments.joinedload(DoctorComment.doctor).joinedload(DoctorProfile.user),
        )
    )


@application.get("/health/")
def health() -> dict[str, str]:
    return {"status": "ok"}


@application.get("/api/health-records/", response_model=schemas.Page)
def records(
    request: Request, session: OpenSession, patient: CurrentPatient
) -> dict[str, object]:
    found = (
        own_records(session, patient)
        .order_by(HealthRecord.visit_date.desc(), HealthRecord.id.desc())
        .limit(PAGE_SIZE + 1)
        .all()
    )
    results, following = found[:PAGE_SIZE], None
    if len(found) > PAGE_SIZE:
        last = results[-1]
        following = rows.page_after(request, last.visit_date, last.id)
    return {"next": following, "previous": None, "results": results}


@application.get("/api/health-records/{record_id}/", response_model=schemas.Record)
def record(
    record_id: UUID, session: OpenSession, patient: CurrentPatient
) -> HealthRecord:
    found = own_records(session, patient).filter(HealthRecord.id == record_id).first()
    if found is None:
        raise HTTPException(404)
    return found
