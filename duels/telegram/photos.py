"""A message of Telegram's as a photo for the judge, or the reason why it is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accounts.refusals import Refused
from duels.models import Entry
from duels.play import Photo
from duels.telegram.answers import Unfit

Json = Mapping[str, Any]

MAX_FILE = 20_000_000  # Telegram hands out no larger ones
HEIC = {"heic", "heif", "avif"}
UNFIT = {
    "video": Unfit.VIDEO,
    "live_photo": Unfit.VIDEO,
    "animation": Unfit.STICKER,
    "sticker": Unfit.STICKER,
    "voice": Unfit.VOICE,
    "audio": Unfit.VOICE,
}
FIT = {"photo", "document", "video_note"}
# What a chat says of itself: nothing that a person sent.
SERVICE = {"pinned_message", "message_auto_delete_timer_changed", "chat_background_set", "write_access_allowed"}


def has_file(message: Json) -> bool:
    return not message.keys().isdisjoint(FIT | UNFIT.keys())


def is_service(message: Json) -> bool:
    return not message.keys().isdisjoint(SERVICE)


def photo_of(message: Json) -> Photo:
    """Raises Refused with an Unfit."""
    for kind, reason in UNFIT.items():
        if kind in message:  # before documents: an animation comes as one, too
            raise Refused(reason)
    if sizes := message.get("photo"):
        return made(message, max(sizes, key=lambda size: size["width"] * size["height"]), Entry.Media.PHOTO)
    if note := message.get("video_note"):
        return made(message, note, Entry.Media.VIDEO_NOTE)
    return made(message, picture(message["document"]), Entry.Media.FILE)


def picture(document: Json) -> Json:
    kind, _, form = (document.get("mime_type") or "").lower().partition("/")
    ending = (document.get("file_name") or "").lower().rpartition(".")[2]
    if form.partition("-")[0] in HEIC or ending in HEIC:
        raise Refused(Unfit.HEIC)
    if kind != "image":
        raise Refused(Unfit.NOT_A_PICTURE)
    return document


def made(message: Json, file: Json, media: Entry.Media) -> Photo:
    if (file.get("file_size") or 0) > MAX_FILE:
        raise Refused(Unfit.TOO_BIG)
    return Photo(
        file_id=file["file_id"],
        file_unique_id=file["file_unique_id"],
        sent_at=datetime.fromtimestamp(message["date"], UTC),
        media=media,
        album=message.get("media_group_id") or "",
        forwarded="forward_origin" in message,
    )
