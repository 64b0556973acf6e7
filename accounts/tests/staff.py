"""Staff as the tests have them: whoever is signed in by force has shown a second factor, too."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp

from accounts.second_factor import SecondFactor, enrol

SECRET = b"12345678901234567890"


def digits() -> str:
    """What the authenticator shows now."""
    return f"{totp(SECRET):06}"


def with_factor(user: User, *codes: str) -> SecondFactor:
    return enrol(user, SECRET, list(codes))


class StaffClient(Client):
    def force_login(self, user: User, backend: str | None = None) -> None:
        super().force_login(user, backend)
        if user.is_staff:
            session: Any = self.session
            session[DEVICE_ID_SESSION_KEY] = with_factor(user).persistent_id
            session.save()
