"""A player's photo before a moderator's eyes: from Telegram to this one browser, and kept nowhere on the way."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from duels.models import Entry
from duels.telegram import files

# What browsers show as a picture or a film, by its first bytes. Nothing else is passed on: it could be a page.
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
FILM = 4, b"ftyp"
ALONE = {"Cache-Control": "no-store, private", "Content-Security-Policy": "default-src 'none'; sandbox"}


def photo_of(entry: Entry) -> HttpResponse:
    if not entry.file_id:
        return said(_("There is no photo."), 404)
    [photo] = files.fetch_in_time([entry])
    if isinstance(photo, Exception):
        return said(_("Telegram does not hand the photo out just now."), 502)
    kind = kind_of(photo)
    if not kind:
        return said(_("That is neither a picture nor a film."), 415)
    return HttpResponse(photo, content_type=kind, headers={**ALONE, "Content-Disposition": "inline"})


def said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=ALONE)


def kind_of(photo: bytes) -> str:
    for beginning, kind in KINDS.items():
        if photo.startswith(beginning):
            return kind
    if photo[:4] == b"RIFF" and photo[8:12] == b"WEBP":
        return "image/webp"
    begin, word = FILM
    return "video/mp4" if photo[begin : begin + len(word)] == word else ""
