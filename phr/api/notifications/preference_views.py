"""How one wants to be told of what."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from phr.accounts.models import User
from phr.accounts.reauthentication import insist_on_proof
from phr.api.notifications import docs
from phr.api.notifications.representations import represent_preferences
from phr.api.notifications.serializers import (
    PreferenceChangesSerializer,
)
from phr.api.views import ApiView, session_of, signed_in
from phr.notifications.preferences import (
    Preference,
    change_preferences,
    preferences_of,
)


class Preferences(ApiView):
    """What one is told of, in the inbox and by mail."""

    serializer_class = PreferenceChangesSerializer

    @docs.read_preferences
    def get(self, request: Request) -> Response:
        return answer_to(signed_in(request))

    @docs.change_preferences
    def patch(self, request: Request) -> Response:
        actor = signed_in(request)
        sent = self.valid(request).get("preferences", ())
        wanted = [Preference(**each) for each in sent]
        if any(not is_on for each in wanted for _, is_on in each.channels()):
            # What is not told any more would hide what a stolen token does.
            insist_on_proof(session_of(request), at=timezone.now())
        change_preferences(actor=actor, wanted=wanted)
        return answer_to(actor)


def answer_to(actor: User) -> Response:
    return Response(represent_preferences(preferences_of(actor)))
