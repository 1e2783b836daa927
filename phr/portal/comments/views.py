"""Writing, changing and deleting what a doctor says about a record."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from phr.accounts.models import UserType
from phr.audit.actions import Action
from phr.health_records import comments, reads, services
from phr.health_records.models import DoctorComment
from phr.portal.comments.forms import CommentForm
from phr.portal.sent_once import send_once
from phr.portal.views import DOCTORS, PortalView, signed_in


class AddComment(PortalView):
    """Say something about a record; to the patient as well, unless it is private."""

    roles = DOCTORS
    template = "portal/comments/add.html"

    def get(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        self.find_record(record_id)
        return self.form_page(CommentForm(), record_id=record_id)

    def post(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        self.find_record(record_id)
        form = CommentForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                added = send_once(request, form, partial(self.add, form, record_id))
                messages.success(request, _("Your comment is there."))
                return added
        return self.form_page(form, record_id=record_id)

    def add(self, form: CommentForm, record_id: UUID) -> str:
        comments.add_comment(
            actor=signed_in(self.request), record_id=record_id, **form.cleaned_data
        )
        return reverse("portal:record", args=[record_id])

    def find_record(self, record_id: UUID) -> None:
        """Refuse everybody else before their input is looked at."""
        services.find_record(
            actor=signed_in(self.request),
            record_id=record_id,
            action=Action.COMMENT_ADDED,
            role=UserType.DOCTOR,
        )


class ChangeComment(PortalView):
    """Change what one has written."""

    roles = DOCTORS
    template = "portal/comments/change.html"

    def get(
        self, request: HttpRequest, record_id: UUID, comment_id: UUID
    ) -> HttpResponse:
        own = find_own(request, record_id, comment_id, Action.COMMENT_CHANGED)
        reads.open_comment(
            actor=signed_in(request), record_id=record_id, comment_id=comment_id
        )
        now = {"comment": own.comment, "is_private": own.is_private}
        return self.form_page(CommentForm(initial=now), record_id=record_id)

    def post(
        self, request: HttpRequest, record_id: UUID, comment_id: UUID
    ) -> HttpResponse:
        find_own(request, record_id, comment_id, Action.COMMENT_CHANGED)
        form = CommentForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                comments.change_comment(
                    actor=signed_in(request),
                    comment_id=comment_id,
                    values=form.cleaned_data,
                )
                messages.success(request, _("Your comment was changed."))
                return redirect("portal:record", record_id)
        return self.form_page(form, record_id=record_id)


class DeleteComment(PortalView):
    """Take back what one has written, after a question."""

    roles = DOCTORS
    template = "portal/comments/delete.html"

    def get(
        self, request: HttpRequest, record_id: UUID, comment_id: UUID
    ) -> HttpResponse:
        own = find_own(request, record_id, comment_id, Action.COMMENT_DELETED)
        reads.open_comment(
            actor=signed_in(request), record_id=record_id, comment_id=comment_id
        )
        return self.page(comment=own, record_id=record_id)

    def post(
        self, request: HttpRequest, record_id: UUID, comment_id: UUID
    ) -> HttpResponse:
        find_own(request, record_id, comment_id, Action.COMMENT_DELETED)
        comments.delete_comment(actor=signed_in(request), comment_id=comment_id)
        messages.success(request, _("Your comment was deleted."))
        return redirect("portal:record", record_id)


def find_own(
    request: HttpRequest, record_id: UUID, comment_id: UUID, action: Action
) -> DoctorComment:
    """One's own comment, before anything that is sent is looked at."""
    return comments.find_comment(
        actor=signed_in(request),
        record_id=record_id,
        comment_id=comment_id,
        action=action,
    )
