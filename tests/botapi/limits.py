"""What Telegram refuses although its types are right."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.botapi.formatting import parsed
from tests.botapi.refused import bad

TEXT, CAPTION, CALLBACK_DATA, TOAST, COPIED = 4096, 1024, 64, 200, 256
BUTTONS, ROW = 100, 8
PHOTO_BYTES, UPLOAD_BYTES, DOWNLOAD_BYTES = 10_000_000, 50_000_000, 20_000_000
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip

Words = tuple[str, list[dict[str, Any]]]


def text_of(params: dict[str, Any]) -> Words:
    words = parsed(params["text"], params.get("parse_mode"), params.get("entities"))
    if not words[0]:
        raise bad("message text is empty")
    if len(words[0]) > TEXT:
        raise bad("message is too long")
    return words


def caption_of(params: dict[str, Any]) -> Words:
    words = parsed(params.get("caption") or "", params.get("parse_mode"), params.get("caption_entities"))
    if len(words[0]) > CAPTION:
        raise bad("message caption is too long")
    return words


def check_markup(markup: dict[str, Any] | None, private: bool) -> None:
    if not markup:
        return
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if sum(map(len, rows)) > BUTTONS or any(len(row) > ROW for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not (button["text"] if isinstance(button, dict) else button).strip():
            raise bad("inline keyboard button text must be non-empty")
        if "inline_keyboard" in markup:
            check_button(button, private)


def check_button(button: dict[str, Any], private: bool) -> None:
    named = [name for name in ACTIONS if button.get(name) is not None]
    if not named:
        raise bad("Text buttons are unallowed in the inline keyboard")
    if len(named) > 1:  # Telegram would take one of them and say nothing
        raise bad(f"a button does one thing, not {' and '.join(named)}")
    data, copied = button.get("callback_data"), button.get("copy_text")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if copied is not None and not 1 <= len(copied["text"]) <= COPIED:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if button.get("url") is not None:
        check_url(button["url"])
    for name in ("web_app", "login_url"):
        if button.get(name) is not None and not private:
            raise bad("BUTTON_TYPE_INVALID")
        if button.get(name) is not None and urlsplit(button[name]["url"]).scheme != "https":
            raise bad(
                f"inline keyboard button {name} URL '{button[name]['url']}' is invalid: Only HTTPS links are allowed"
            )


def check_url(url: str) -> None:
    """A link to one's own machine is refused, too: a site without a public address must leave such a button out."""
    parts = urlsplit(url)
    if parts.scheme == "tg":
        return
    if parts.scheme not in {"http", "https"} or not parts.hostname or "." not in parts.hostname:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_commands(commands: Sequence[dict[str, Any]]) -> None:
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_webhook(params: dict[str, Any]) -> None:
    """Unlike Telegram, this double delivers to a plain http address where that is on loopback."""
    url = urlsplit(params["url"])
    local = url.hostname in {"127.0.0.1", "localhost", "::1"}
    if url.scheme != "https" and not local:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (url.port or 443) not in {443, 80, 88, 8443}:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise bad("bad webhook: max_connections must be from 1 to 100")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token") or ""):
        raise bad("secret token contains unallowed characters")
