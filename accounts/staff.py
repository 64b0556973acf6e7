"""The admin's door: a password, and a second factor. Who tries too often waits: django-axes, as settings.py says."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import second_factor
from accounts.second_factor import SecondFactor


class SignInForm(AdminAuthenticationForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        required=False,  # who has no second factor is told what to do about it
        help_text=gettext_lazy("Six digits of your authenticator, or a backup code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def confirm_login_allowed(self, user: User) -> None:
        """After the password, which was right."""
        super().confirm_login_allowed(user)
        code = self.cleaned_data.get("code", "")
        factor = SecondFactor.objects.filter(user=user).first()
        if factor is None:
            raise ValidationError(without_factor(user.get_username()), "no_second_factor")
        if found := second_factor.verified(factor.user, code):
            user.otp_device = found  # type: ignore[attr-defined]  # django_otp notes it in the session
            return
        # Who knows the password is not to try all codes: these count towards the lockout, too.
        user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=self.request)
        factor.refresh_from_db()
        raise ValidationError(wrong_code(factor.waits_until()), "wrong_code")


def without_factor(name: str) -> str:
    command = f"manage.py create_admin {name}"
    return _("This account has no second factor yet. On the server, “%(command)s” makes one.") % {"command": command}


def wrong_code(until: Any) -> str:
    seconds = round((until - timezone.now()).total_seconds()) + 1 if until else 0
    return _("This code is wrong, or has been used. Try the next one in %(seconds)d seconds.") % {"seconds": seconds}


class GuardedSite(AdminSite):
    login_form = SignInForm
    login_template = "staff/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and bool(request.user.is_verified())  # type: ignore[union-attr]


def locked_out(request: HttpRequest, answer: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    why = _("From your address a wrong password or code came too often. Try again in %(minutes)d min.")
    told = {"why": why % {"minutes": minutes}, "commands": ["axes_reset", "create_admin NAME --again"]}
    return render(request, "staff/locked.html", told, status=429)
