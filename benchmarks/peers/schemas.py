"""What the peers with pydantic answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


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
