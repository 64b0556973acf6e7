"""The client: telebot's calls, with failures told apart by type: does trying again help, and may it have been done?

Bot tokens stand in addresses, and addresses in the libraries' exceptions: none of those leaves this file.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import requests
from django.conf import settings
from telebot import apihelper, types
from telebot.apihelper import ApiException, ApiTelegramException
from urllib3.exceptions import NewConnectionError

from duels.telegram.keyboards import Button, Rows

MAX_FILE = 20_000_000  # getFile serves no more
CONNECT_SECONDS, READ_SECONDS = 5, 15
LATER = 1.0  # seconds: the least pause where Telegram names none
SERVER_ERROR = 500
BROKEN = 30.0  # a token that Telegram does not know is an operator's to mend
WITHOUT_PREVIEW = types.LinkPreviewOptions(is_disabled=True)


class BotError(Exception):
    """Telegram has answered, and would say the same again."""


class Blocked(BotError):
    """Whatever is sent to this chat does not arrive."""


class NotModified(BotError):
    """The message reads so already."""


class Moved(BotError):
    def __init__(self, chat_id: int) -> None:
        super().__init__("the group is a supergroup now")
        self.chat_id = chat_id


class Passing(BotError):
    """It may work later: `after` so many seconds."""

    def __init__(self, text: str, after: float = LATER) -> None:
        super().__init__(text)
        self.after = after


class Silent(Passing):
    """No answer: what was asked may have been done."""


def send(chat: int, text: str, rows: Rows = ()) -> int:
    words: dict[str, Any] = {"parse_mode": "HTML", "link_preview_options": WITHOUT_PREVIEW}
    sent = call(apihelper.send_message, chat, text, reply_markup=markup(rows), **words)
    return int(sent["message_id"])


def edit(chat: int, message: int, text: str, rows: Rows = ()) -> int:
    words: dict[str, Any] = {"parse_mode": "HTML", "link_preview_options": WITHOUT_PREVIEW}
    call(apihelper.edit_message_text, text, chat, message, reply_markup=markup(rows), **words)
    return message


def send_picture(chat: int, picture: bytes | str, caption: str, rows: Rows = ()) -> tuple[int, str]:
    """The picture, or the file_id of one that Telegram has. The message's id, and the picture's file_id."""
    words: dict[str, Any] = {"caption": caption, "parse_mode": "HTML"}
    # With a name: without one the part of the form counts as text.
    photo = picture if isinstance(picture, str) else ("duel.jpg", picture)
    sent = call(apihelper.send_photo, chat, photo, reply_markup=markup(rows), **words)
    # It is sent: should the answer name no picture, nothing may fail of that.
    sizes = sent.get("photo") or [{}]
    return int(sent["message_id"]), str(sizes[-1].get("file_id", ""))


def delete(chat: int, message: int) -> None:
    call(apihelper.delete_message, chat, message)


def delete_many(chat: int, messages: Sequence[int]) -> None:
    """Up to 100. Those that are gone already are no fault."""
    call(apihelper.delete_messages, chat, list(messages))


def send_document(chat: int, name: str, content: bytes, caption: str) -> int:
    sent = call(apihelper.send_data, chat, (name, content), "document", caption=caption, parse_mode="HTML")
    return int(sent["message_id"])


def answer_press(press: str) -> None:
    """Takes the spinner off a pressed button."""
    call(apihelper.answer_callback_query, press)


def markup(rows: Rows) -> types.InlineKeyboardMarkup | None:
    return types.InlineKeyboardMarkup([[button(each) for each in row] for row in rows]) if rows else None


def button(button: Button) -> types.InlineKeyboardButton:
    return types.InlineKeyboardButton(
        button.text,
        button.url or None,
        button.data or None,
        copy_text=types.CopyTextButton(button.copy) if button.copy else None,
        login_url=types.LoginUrl(button.login) if button.login else None,
        web_app=types.WebAppInfo(button.app) if button.app else None,
    )


def download(file_id: str) -> bytes:
    """What a player sent. ValueError: it is larger than Telegram hands out."""
    path = call(apihelper.get_file, file_id)["file_path"]
    address = f"{settings.TELEGRAM_API_URL}/file/bot{settings.TELEGRAM_BOT_TOKEN}/{path}"
    try:
        return read(address)
    except requests.RequestException as error:
        raise Passing(f"a file: {type(error).__name__}") from None


def read(address: str) -> bytes:
    with session().get(address, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as answer:
        if answer.status_code != requests.codes.ok:
            raise Passing(f"a file: {answer.status_code}")
        found = bytearray()
        for piece in answer.iter_content(65536):
            found += piece
            if len(found) > MAX_FILE:
                raise ValueError("larger than 20 MB")
        return bytes(found)


@cache
def username() -> str:
    """Of the bot, for links to it. What fails is not kept."""
    return str(call(apihelper.get_me)["username"])


def call(method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    token = ready()
    try:
        return method(token, *args, **kwargs)
    except ApiTelegramException as error:
        raise known(error.error_code, error.description, error.result_json.get("parameters") or {}) from None
    except (ApiException, KeyError, TypeError) as error:  # an answer, but not the Bot API's: a proxy's, say
        raise Passing(f"not understood: {type(error).__name__}") from None


def ready() -> str:
    """The token; telebot set up, once, to speak through us."""
    if not settings.TELEGRAM_BOT_TOKEN:
        raise Passing("TELEGRAM_BOT_TOKEN is not set", BROKEN)
    library: Any = apihelper  # its names hold None until they are set
    library.API_URL = settings.TELEGRAM_API_URL + "/bot{0}/{1}"
    library.CONNECT_TIMEOUT, library.READ_TIMEOUT = CONNECT_SECONDS, READ_SECONDS
    library.CUSTOM_REQUEST_SENDER = post
    return str(settings.TELEGRAM_BOT_TOKEN)


def post(method: str, address: str, params: Any, files: Any, timeout: Any, proxies: Any) -> requests.Response:
    """As a form: telebot writes all into the address, and long texts are cut off there."""
    try:
        return session().post(address, data=params, files=files, timeout=timeout, allow_redirects=False)
    except requests.RequestException as error:
        raise (Passing if unsent(error) else Silent)(type(error).__name__) from None


def session() -> requests.Session:
    """The thread's own: connections are kept, and shared by nobody."""
    own: requests.Session = apihelper._get_req_session()  # type: ignore[no-untyped-call]
    return own


def unsent(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def known(code: int, text: str, parameters: dict[str, Any]) -> BotError:
    if moved := parameters.get("migrate_to_chat_id"):
        return Moved(int(moved))
    if code == requests.codes.too_many_requests:
        return Passing(text, float(parameters.get("retry_after") or LATER))
    if code == requests.codes.forbidden or (code == requests.codes.bad_request and "chat not found" in text):
        return Blocked(text)
    if "message is not modified" in text:
        return NotModified(text)
    if code in {requests.codes.unauthorized, requests.codes.not_found, requests.codes.conflict}:
        return Passing(text, BROKEN)
    return Passing(text) if code >= SERVER_ERROR else BotError(text)


def updates(offset: int | None, seconds: int, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Waits so long for the first."""
    found = call(apihelper.get_updates, offset=offset, allowed_updates=list(kinds), long_polling_timeout=seconds)
    return list(found or ())
