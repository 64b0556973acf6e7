"""What an update must look like for us to act on it: of what Telegram sends, the part that we read.

Whoever knows the webhook's secret may send anything. What has another shape is set aside at once: it would fail at
each try, and hold up its sender's other updates meanwhile.
"""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]

LARGEST = 2**63 - 1  # that a column of the database takes
LATEST = 2**32  # of dates


def whole(least: int, most: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def text(longest: int = 5000) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= longest


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def some(check: Check) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


def shaped(**parts: Check) -> Check:
    """A part whose name ends in an underscore may be missing, or null."""

    def fits(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        return all(
            (name.endswith("_") and value.get(name.rstrip("_")) is None)
            or (name.rstrip("_") in value and check(value[name.rstrip("_")]))
            for name, check in parts.items()
        )

    return fits


NUMBER, DATE = whole(-LARGEST, LARGEST), whole(0, LATEST)
USER = shaped(id=whole(1, LARGEST), is_bot_=flag, language_code_=text(35))
CHAT = shaped(id=NUMBER, type=text(20))
FILE = {"file_id": text(1000), "file_unique_id": text(64), "file_size_": whole(0, LARGEST)}
SIZE = shaped(**FILE, width=whole(0, 10**6), height=whole(0, 10**6))
DOCUMENT = shaped(**FILE, mime_type_=text(), file_name_=text())
MESSAGE: dict[str, Check] = {
    "chat": CHAT,
    "date": DATE,
    "from_": USER,
    "text_": text(),
    "photo_": some(SIZE),
    "document_": DOCUMENT,
    "video_note_": shaped(**FILE),
    "media_group_id_": text(64),
}
PRESSED = shaped(message_id_=whole(0, LARGEST), chat_=shaped(id=NUMBER, type_=text(20)))
UPDATE = shaped(
    update_id=whole(0, LARGEST),
    message_=shaped(**MESSAGE),
    edited_message_=shaped(**MESSAGE),
    callback_query_=shaped(**{"id": text(100), "from": USER, "data_": text(64), "message_": PRESSED}),
    my_chat_member_=shaped(**{"chat": CHAT, "from": USER, "new_chat_member": shaped(status=text(30))}),
)


def understood(update: Any) -> bool:
    return UPDATE(update)
