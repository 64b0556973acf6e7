"""The settings, and the machine that the doctor runs on."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks

from duels.doctor.findings import Finding, fault, ok, warning

GIGABYTE = 10**9
LITTLE, LEAST = 1.0, 0.1  # gigabytes


def site() -> Iterator[Finding]:
    found = list(messages())
    yield from found
    if not found:
        yield ok("settings", "`manage.py check` finds nothing wrong")
    yield base_url()
    if (files := static_files()) is not None:
        yield files


def messages() -> Iterator[Finding]:
    """What a deployment is checked for as well, unless this is somebody's own machine."""
    for each in checks.run_checks(include_deployment_checks=is_public()):
        if not each.is_silenced():
            kind = fault if each.is_serious(checks.ERROR) else warning
            yield kind("settings", f"{each.id}: {each.msg.splitlines()[0]}", each.hint or "See Django's checks.")


def is_public() -> bool:
    return urlsplit(settings.BASE_URL).scheme == "https" and not settings.DEBUG


def base_url() -> Finding:
    if settings.BASE_URL:
        return ok("address", settings.BASE_URL)
    return warning(
        "address", "BASE_URL is not set: the bot's links to pages lead nowhere", "Set BASE_URL, as https://host."
    )


def static_files() -> Finding | None:
    """Where they are named by their content, pages fail without them."""
    named = getattr(staticfiles_storage, "hashed_files", None)
    if named is None:
        return None
    if named:
        return ok("static files", f"{len(named)} are collected")
    return fault("static files", "are not collected: every page fails", "Run `manage.py collectstatic --no-input`.")


def room() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.DATA_DIR).free / GIGABYTE
    said, cure = f"{free:.1f} GB are free at {settings.DATA_DIR}", "Make room, or set DATA_DIR to another disk."
    if free < LEAST:
        yield fault("disk", said, cure)
    else:
        yield warning("disk", said, cure) if free < LITTLE else ok("disk", said)
