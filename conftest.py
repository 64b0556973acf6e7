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

pytest_plugins = ["tests.together"]


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked_for = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if asked_for or item.get_closest_marker("django_db"):
            item.add_marker("database")


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
