"""Adding, changing and deleting one's records, and bringing back what was deleted."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.core.errors import NotFound
from phr.core.preconditions import ChangedMeanwhile
from phr.health_records import reads, services
from phr.health_records.filters import RecordFilters
from phr.health_records.record_deletion import (
    RecordNotDeleted,
    find_deleted_record,
    restore_record,
)
from phr.health_records.record_rows import RecordRow
from phr.portal.paging import read_list_page
from phr.portal.records.differences import Comparison
from phr.portal.records.field_changes import changes_between
from phr.portal.records.forms import RecordForm
from phr.portal.sent_once import send_once
from phr.portal.views import PATIENTS, PortalView, signed_in

# In the session: which record can be brought back by the message that it is deleted.
JUST_DELETED = "just_deleted"
DELETED_AND_RESTORED = 2  # versions


class AddRecord(PortalView):
    """A record that its patient writes."""

    roles = PATIENTS
    template = "portal/records/form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(RecordForm(record=None, now=timezone.now()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RecordForm(request.POST, record=None, now=timezone.now())
        if form.is_valid():
            with form.showing_refusals():
                saved = send_once(request, form, partial(self.create, form))
                messages.success(request, _("Your record is saved."))
                return saved
        return self.form_page(form)

    def create(self, form: RecordForm) -> str:
        record = services.create_record(
            actor=signed_in(self.request), now=form.now, **form.values
        )
        return reverse("portal:record", args=[record.id])


class EditRecord(PortalView):
    """Changing a record: not over what somebody has changed in it meanwhile."""

    roles = PATIENTS
    template = "portal/records/form.html"

    def get(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        record = reads.open_record(actor=signed_in(request), record_id=record_id)
        form = RecordForm(record=record, now=timezone.now())
        return self.form_page(form, record=record)

    def post(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        actor, now = signed_in(request), timezone.now()
        try:
            record = reads.open_record(actor=actor, record_id=record_id)
        except NotFound:
            return self.save_deleted(record_id, now)
        form = RecordForm(request.POST, record=record, now=now)
        return self.save(form, record)

    def save(
        self, form: RecordForm, record: RecordRow, *, changes_since: int = 0
    ) -> HttpResponse:
        """:param changes_since: how often we ourselves have changed it meanwhile."""
        if not form.is_valid():
            return self.form_page(form, record=record)
        read = form.cleaned_data["version"] or record.version
        with form.showing_refusals():
            try:
                services.change_record(
                    actor=signed_in(self.request),
                    record_id=record.id,
                    now=form.now,
                    values=form.values,
                    expected=[str(read + changes_since)],
                )
            except ChangedMeanwhile:
                return self.show_both(form, record.id)
            messages.success(self.request, _("Your changes are saved."))
            return redirect("portal:record", record.id)
        return self.form_page(form, record=record)

    def save_deleted(self, record_id: UUID, now: datetime) -> HttpResponse:
        """Keep what was typed in a record that was deleted meanwhile.

        It is saved once its patient says that the record shall be brought back.
        """
        actor = signed_in(self.request)
        deleted = find_deleted_record(actor=actor, record_id=record_id)
        form = RecordForm(self.request.POST, record=deleted, now=now)
        if not form.is_valid() or "bring-back" not in self.request.POST:
            return self.page(
                status=HTTPStatus.CONFLICT, form=form, record=deleted, is_deleted=True
            )
        restored = restore_record(actor=actor, record_id=record_id)
        return self.save(form, restored, changes_since=DELETED_AND_RESTORED)

    def show_both(self, form: RecordForm, record_id: UUID) -> HttpResponse:
        """What the record says now beside what was typed; nothing is saved yet."""
        present = reads.open_record(actor=signed_in(self.request), record_id=record_id)
        form.expect_version(present.version)
        meanwhile = changes_between(present._asdict(), form.values, Comparison())
        return self.page(
            status=HTTPStatus.CONFLICT, form=form, record=present, meanwhile=meanwhile
        )


class DeleteRecord(PortalView):
    """Deleting a record, with a way to take that back on the page that follows."""

    roles = PATIENTS

    def post(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        services.delete_record(
            actor=signed_in(request), record_id=record_id, at=timezone.now()
        )
        request.session[JUST_DELETED] = str(record_id)
        return redirect("portal:records")


class RestoreRecord(PortalView):
    """Bringing back a record that one has deleted."""

    roles = PATIENTS

    def post(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        try:
            restore_record(actor=signed_in(request), record_id=record_id)
        except RecordNotDeleted:
            return redirect("portal:record", record_id)  # it has been brought back
        messages.success(request, _("Your record is back."))
        return redirect("portal:record", record_id)


class DeletedRecords(PortalView):
    """What one has deleted and can still bring back."""

    roles = PATIENTS
    template = "portal/records/deleted.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        deleted = RecordFilters(deleted=True)
        fetch = partial(reads.list_records, signed_in(request), deleted)
        return self.page(records=read_list_page(request, fetch, "visit_date"))
