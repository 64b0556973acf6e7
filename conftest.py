from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import settings

from emotionduel.languages import compile_catalogues

compile_catalogues(Path(__file__).parent / "locale")

# A busy machine is no bug.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture
def client() -> Client:
    """Staff whom it signs in have shown their second factor."""
    from accounts.tests.staff import StaffClient  # models: not before Django is set up

    return StaffClient()


@pytest.fixture
def admin_client(admin_user: Any) -> Client:
    from accounts.tests.staff import StaffClient

    staff = StaffClient()
    staff.force_login(admin_user)
    return staff
