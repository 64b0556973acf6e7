"""What `manage.py check` says of a set-up that would run, but not well; at odd values settings.py stops before."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@register
def weights_ship(**_: Any) -> Sequence[CheckMessage]:
    # A warning: everything but the judge works, and `train clip` must be able to make them.
    if settings.SCORER or any(settings.BASE_DIR.glob("scoring/weights/*.safetensors")):
        return []
    hint = "Restore scoring/weights/, run `manage.py train clip`, or set SCORER to an open_clip model."
    return [Warning("The judge has no weights.", hint=hint, id="emotionduel.W001")]


@register
def secret_key_is_secret(**_: Any) -> Sequence[CheckMessage]:
    if len(settings.SECRET_KEY) >= 32 and len(set(settings.SECRET_KEY)) >= 8:
        return []
    hint = "Leave it unset, and one is made in DATA_DIR; or set 32 random characters and more."
    return [Error("SECRET_KEY can be guessed.", hint=hint, id="emotionduel.E002")]


@register
def detector_is_there(**_: Any) -> Sequence[CheckMessage]:
    if not settings.OFFENSIVE_DETECTOR or find_spec(settings.OFFENSIVE_DETECTOR):
        return []
    hint = "Run `pip install -r requirements-moderation.txt`, or unset OFFENSIVE_DETECTOR."
    return [Error("The package that OFFENSIVE_DETECTOR names is not installed.", hint=hint, id="emotionduel.E008")]


@register
def sentry_is_there(**_: Any) -> Sequence[CheckMessage]:
    if not settings.SENTRY_DSN or find_spec("sentry_sdk"):
        return []
    hint = "Run `pip install -r requirements-sentry.txt`, or unset SENTRY_DSN."
    return [Error("SENTRY_DSN is set, and sentry-sdk is not installed.", hint=hint, id="emotionduel.E009")]


@register
def base_url_is_safe(**_: Any) -> Sequence[CheckMessage]:
    url = urlsplit(settings.BASE_URL)
    if not url.hostname or url.hostname in LOOPBACK:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        hint = "Set DEBUG=0: its error pages show strangers our code and settings."
        found.append(Error("BASE_URL is public while DEBUG is on.", hint=hint, id="emotionduel.E003"))
    if url.scheme != "https":
        hint = "Put a proxy with a certificate before the site: browsers give a page their camera over https alone."
        found.append(Warning("BASE_URL is public and not https.", hint=hint, id="emotionduel.W004"))
    return found
