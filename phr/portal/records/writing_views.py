"""Adding, changing and deleting one's records, and bringing back what was deleted."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.health_records import reads, record_deletion, services
from phr.health_records.filters import RecordFilters
from phr.health_records.record_deletion import RecordNotDeleted
from phr.health_records.services import RecordChangedMeanwhile
from phr.portal.paging import read_list_page
from phr.portal.records.differences import Comparison
from phr.portal.records.field_changes import changes_between
from phr.portal.records.forms import RecordForm
from phr.portal.views import PATIENTS, PortalView, signed_in

# In the session: which record can be brought back by the message that it is deleted.
JUST_DELETED = "just_deleted"


class AddRecord(PortalView):
    """A record that its patient writes."""

    roles = PATIENTS
    template = "portal/records/form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(RecordForm(record=None, now=timezone.now()))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        form = RecordForm(request.POST, record=None, now=now)
        if form.is_valid():
            with form.showing_refusals():
                record = services.create_record(
                    actor=signed_in(request), now=now, **form.values
                )
                messages.success(request, _("Your record is saved."))
                return redirect("portal:record", record.id)
        return self.form_page(form)


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
        record = reads.open_record(actor=actor, record_id=record_id)
        form = RecordForm(request.POST, record=record, now=now)
        if not form.is_valid():
            return self.form_page(form, record=record)
        with form.showing_refusals():
            try:
                services.change_record(
                    actor=actor,
                    record_id=record_id,
                    now=now,
                    values=form.values,
                    expected_version=form.cleaned_data["version"] or record.version,
                )
            except RecordChangedMeanwhile:
                return self.show_both(form, record_id)
            messages.success(request, _("Your changes are saved."))
            return redirect("portal:record", record_id)
        return self.form_page(form, record=record)

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
            record_deletion.restore_record(
                actor=signed_in(request), record_id=record_id
            )
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
