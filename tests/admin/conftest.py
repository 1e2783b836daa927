"""Staff of three kinds, and a browser that signs in by the real form."""

from collections.abc import Callable

import pytest
from django.test import Client

from phr.accounts.models import User
from tests.cast import with_permissions
from tests.factories import StaffFactory
from tests.signing_in import sign_in_to_the_admin_site

Browser = Callable[[User], Client]


@pytest.fixture
def rita(db: None) -> User:
    """A superuser, and nothing more: nobody gave her the text permission."""
    return StaffFactory(
        username="rita", first_name="Rita", last_name="Quist", is_superuser=True
    )


@pytest.fixture
def clea(sam: User) -> User:
    """Staff who may read clinical text, and look at records and patients."""
    return with_permissions(
        StaffFactory(username="clea", first_name="Clea", last_name="Roth"),
        "read_clinical_text",
        "view_healthrecord",
        "view_patientprofile",
    )


@pytest.fixture
def browser() -> Browser:
    """A browser in which somebody has signed in to the admin site."""

    def signed_in(user: User) -> Client:
        client = Client()
        response = sign_in_to_the_admin_site(client, user.username)
        assert response.status_code == 302, response.content
        return client

    return signed_in
