"""The bot: its token, and whether what players say reaches us."""

import re
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from duels import turns
from duels.doctor.findings import Finding, fault, measured, ok, warning
from duels.telegram import bot, door, setup, status
from duels.watch import ready

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
SETUP = "Run `manage.py telegram setup`."
RECENT = 3600  # seconds
MANY, TOO_MANY = 50, 1000  # updates
HTTP = {
    200: "something else answers there",
    400: "",  # this is how we say that an update is none
    403: "TELEGRAM_WEBHOOK_SECRET or SECRET_KEY is another one there",
}


def telegram() -> Iterator[Finding]:
    if not settings.TELEGRAM_BOT_TOKEN:
        yield warning("bot", "rests: no TELEGRAM_BOT_TOKEN", "Set it; @BotFather gives one.")
        return
    try:
        yield ok("bot", f"@{setup.me()['username']}")
        info = setup.webhook_info()
    except bot.Passing as error:
        yield unreachable(error)
        return
    yield from webhook(info) if door.by_webhook() else polled(info)
    if silent := ready.door_of(turns.silent_for().get(turns.DOOR)):
        who = "a web process" if door.by_webhook() else "`manage.py telegram poll`"
        yield fault("door", f"nobody takes updates in: {silent}", f"Start {who}.")
    else:
        yield ok("door", "open")


def unreachable(error: bot.Passing) -> Finding:
    if error.after == bot.BROKEN:
        return fault("bot", f"Telegram refuses the token: {error}", "Set TELEGRAM_BOT_TOKEN as @BotFather gives it.")
    return fault("bot", f"Telegram does not answer: {error}", "Let this machine reach TELEGRAM_API_URL.")


def polled(info: dict[str, Any]) -> Iterator[Finding]:
    if info.get("url"):
        cure = "Start `manage.py telegram poll`, which takes it away; or set BASE_URL to a public https address."
        yield fault("updates", f"are fetched here, while Telegram sends them to {info['url']}", cure)
    else:
        yield ok("updates", "are fetched by `manage.py telegram poll`")
    yield pending(info)


def webhook(info: dict[str, Any]) -> Iterator[Finding]:
    yield registered(str(info.get("url") or ""))
    yield encrypted()
    yield kinds(info.get("allowed_updates") or [])
    yield pending(info)
    yield last_failure(info)
    yield secret()
    yield answered()


def registered(url: str) -> Finding:
    if url == door.address():
        return ok("webhook", url)
    return fault("webhook", f"updates go to {url}" if url else "is not registered: updates go nowhere", SETUP)


def encrypted() -> Finding:
    if door.address().startswith("https://"):
        return ok("https", "updates come encrypted")
    return warning("https", "updates come in the clear, from a Bot API server of your own", "Set BASE_URL to https.")


def kinds(asked: list[str]) -> Finding:
    if set(asked) == set(door.KINDS):
        return ok("kinds", ", ".join(sorted(asked)))
    return fault("kinds", f"Telegram sends {sorted(asked) or 'its usual ones'}, not {sorted(door.KINDS)}", SETUP)


def pending(info: dict[str, Any]) -> Finding:
    count = int(info.get("pending_update_count") or 0)
    cure = "Telegram does not get rid of them: look at the last failure, and at the web processes' log."
    return measured("pending", f"{count} updates wait at Telegram", cure, count, MANY, TOO_MANY)


def last_failure(info: dict[str, Any]) -> Finding:
    when = int(info.get("last_error_date") or 0)
    if not when:
        return ok("deliveries", "none has failed")
    ago = max(0, int(time.time() - when))
    said = f"the last failure {ago} s ago: {info.get('last_error_message')}"
    cure = "What Telegram met when it called BASE_URL: mend the proxy, the certificate or the web processes."
    return warning("deliveries", said, cure) if ago < RECENT else ok("deliveries", said)


def secret() -> Finding:
    if SECRET.fullmatch(settings.TELEGRAM_WEBHOOK_SECRET):
        return ok("secret", "set")
    cure = "Set TELEGRAM_WEBHOOK_SECRET to 1-256 of A-Za-z0-9_-, or leave it unset."
    return fault("secret", "Telegram takes no such secret", cure)


def answered() -> Finding:
    """Called as Telegram calls it, with what is no update."""
    code = status.knock()
    if code is None:
        cure = "Some networks lead no machine to its own public address: then Telegram's last failure tells more."
        return warning("knock", f"{door.address()} cannot be reached from here", cure)
    wrong = HTTP.get(code, f"it answers {code}")
    if not wrong:
        return ok("knock", "reaches this site, with its secret")
    cure = "Mend the proxy, or give every machine the same secrets."
    return fault("knock", f"{door.address()}: {wrong}", cure)
