"""Doctors' comments on a record."""

from functools import partial
from uuid import UUID

from rest_framework import status
from rest_framework.request import Request

from phr.accounts.models import User, UserType
from phr.api.health_records import docs
from phr.api.health_records.representations import represent_comment
from phr.api.health_records.serializers import (
    CommentInputSerializer,
)
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.preconditions import expected_by, tagged
from phr.api.views import ApiView, signed_in
from phr.audit.actions import Action
from phr.health_records import comments, reads, services


class Comments(ApiView):
    """The comments on one record that the caller may see, newest first."""

    serializer_class = CommentInputSerializer
    pagination_class = KeysetPagination

    @docs.list_comments
    def get(self, request: Request, record_id: UUID) -> Response:
        reader = signed_in(request)
        page = self.read_page(partial(reads.list_comments, reader, record_id))
        return self.get_paginated_response([represent_comment(row) for row in page])

    @docs.create_comment
    def post(self, request: Request, record_id: UUID) -> Response:
        actor = signed_in(request)
        services.find_record(
            actor=actor,
            record_id=record_id,
            action=Action.COMMENT_ADDED,
            role=UserType.DOCTOR,
        )
        return once(request, partial(self.add, request, record_id))

    def add(self, request: Request, record_id: UUID) -> Response:
        comment = comments.add_comment(
            actor=signed_in(request), record_id=record_id, **self.valid(request)
        )
        return tagged(
            request,
            represent_comment(comment),
            str(comment.version),
            status=status.HTTP_201_CREATED,
        )


class Comment(ApiView):
    """One comment."""

    serializer_class = CommentInputSerializer

    @docs.read_comment
    def get(self, request: Request, record_id: UUID, comment_id: UUID) -> Response:
        comment = reads.open_comment(
            actor=signed_in(request), record_id=record_id, comment_id=comment_id
        )
        return tagged(request, represent_comment(comment), str(comment.version))

    @docs.replace_comment
    def put(self, request: Request, record_id: UUID, comment_id: UUID) -> Response:
        return self.change(request, record_id, comment_id, partial=False)

    @docs.change_comment
    def patch(self, request: Request, record_id: UUID, comment_id: UUID) -> Response:
        return self.change(request, record_id, comment_id, partial=True)

    def change(
        self, request: Request, record_id: UUID, comment_id: UUID, *, partial: bool
    ) -> Response:
        author = self.author_who_may(
            request, record_id, comment_id, Action.COMMENT_CHANGED
        )
        comment = comments.change_comment(
            actor=author,
            comment_id=comment_id,
            values=self.valid(request, partial=partial),
            expected=expected_by(request),
        )
        return tagged(request, represent_comment(comment), str(comment.version))

    @docs.delete_comment
    def delete(self, request: Request, record_id: UUID, comment_id: UUID) -> Response:
        author = self.author_who_may(
            request, record_id, comment_id, Action.COMMENT_DELETED
        )
        comments.delete_comment(
            actor=author, comment_id=comment_id, expected=expected_by(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def author_who_may(
        self, request: Request, record_id: UUID, comment_id: UUID, action: Action
    ) -> User:
        """Refuse everybody else before their input is looked at."""
        actor = signed_in(request)
        comments.find_comment(
            actor=actor, record_id=record_id, comment_id=comment_id, action=action
        )
        return actor
