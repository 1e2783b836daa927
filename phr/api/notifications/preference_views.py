"""How one wants to be told of what."""

from django.utils import timezone
from rest_framework.request import Request

from phr.accounts.models import User
from phr.accounts.reauthentication import has_proof
from phr.api.json import Response
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
        proved = has_proof(session_of(request), at=timezone.now())
        change_preferences(actor=actor, wanted=wanted, proved=proved)
        return answer_to(actor)


def answer_to(actor: User) -> Response:
    return Response(represent_preferences(preferences_of(actor)))
