"""Errors go to Sentry, where SENTRY_DSN says so. To a stranger's server: what errors know of persons stays here."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings

from emotionduel import trail
from emotionduel.logs import redacted

LONGEST = 200  # of what an exception says: more would be what it was about
KEPT = ("event_id", "level", "logger", "platform", "timestamp", "transaction", "release", "environment", "sdk")


def start(**more: Any) -> bool:
    """False: nobody wants it, or the package is not there, of which `manage.py check` tells."""
    if not settings.SENTRY_DSN or not find_spec("sentry_sdk"):
        return False
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        before_send=bare,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        **more,
    )
    return True


def bare(event: Any, hint: Any = None) -> Any:
    """What happened and where in our code: no request, no variable, no breadcrumb. Anew rather than cut down, so that
    what the library learns to gather one day is left out, too.
    """
    found = {name: event[name] for name in KEPT if name in event}
    found["exception"] = {"values": [exception(each) for each in values(event)]}
    if "logentry" in event:
        found["logentry"] = {"message": event["logentry"].get("message")}
    found["tags"] = {name: str(each) for name, each in trail.current().items()}
    return clean(found)


def values(event: Any) -> list[dict[str, Any]]:
    return list((event.get("exception") or {}).get("values") or ())


def exception(found: dict[str, Any]) -> dict[str, Any]:
    """Its first line alone: PostgreSQL says in the next ones which values it has refused."""
    said = str(found.get("value") or "").split("\n")[0][:LONGEST]
    frames = [frame(each) for each in (found.get("stacktrace") or {}).get("frames") or ()]
    return {"type": found.get("type"), "module": found.get("module"), "value": said, "stacktrace": {"frames": frames}}


def frame(found: dict[str, Any]) -> dict[str, Any]:
    kept = ("filename", "function", "module", "lineno", "in_app")
    return {name: found[name] for name in kept if name in found}


def clean(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: clean(each) for name, each in value.items()}
    return [clean(each) for each in value] if isinstance(value, list) else value
