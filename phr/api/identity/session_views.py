"""Where one is signed in, signing out elsewhere, and showing again who one is."""

from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.accounts.sessions import list_sessions
from phr.api.fields import NoBody
from phr.api.identity import docs
from phr.api.identity.representations import represent_session
from phr.api.identity.serializers import StepUpSerializer
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.views import ApiView, session_of, signed_in
from phr.identity.reauthentication import reauthenticate
from phr.identity.sign_out import end_own_session, sign_out_everywhere


class Sessions(ApiView):
    """One's own sign-ins that count, newest first."""

    pagination_class = KeysetPagination

    @docs.list_sessions
    def get(self, request: Request) -> Response:
        user, current = signed_in(request), session_of(request)
        page = self.read_page(partial(list_sessions, user))
        return self.get_paginated_response(
            [represent_session(session, current) for session in page]
        )


class Session(ApiView):
    """One of one's own sign-ins."""

    methods_that_need_proof = frozenset({"DELETE"})

    @docs.end_session
    def delete(self, request: Request, session_id: UUID) -> Response:
        actor = signed_in(request)
        end_own_session(actor=actor, session_id=session_id, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAll(ApiView):
    """End all sign-ins, this one too."""

    serializer_class = NoBody
    methods_that_need_proof = frozenset({"POST"})

    @docs.logout_all
    def post(self, request: Request) -> Response:
        self.valid(request)
        sign_out_everywhere(session_of(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class StepUp(ApiView):
    """Show again who one is, for what asks for it."""

    serializer_class = StepUpSerializer
    open_without_second_factor = True

    @docs.step_up
    def post(self, request: Request) -> Response:
        shown: dict[str, Any] = self.valid(request)
        reauthenticate(session_of(request), **shown, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
