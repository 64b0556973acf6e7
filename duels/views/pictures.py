"""Pictures for previews of links. Drawn when asked for: photos are fetched anew each time, and none is kept here."""

from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import parse_etags, quote_etag

from accounts.models import Player
from duels import public, queries
from duels.cards.players import player_card
from duels.public import Shown
from duels.telegram.pictures import public_card
from emotionduel import limits

DRAWN_A_MINUTE = 30  # for one address
LOOK = 1  # another number where pictures look otherwise than before
FRESH = 300  # seconds: soon after a player has changed their mind nobody shows the face or the name any more
KEPT = 600
WITHOUT_PHOTOS = 30  # seconds until a photo that could not be had is tried again

Drawn = tuple[bytes, bool]  # whether it is whole


def duel_card(request: HttpRequest, public_id: str) -> HttpResponse:
    duel = public.duel_of(public_id)
    seen = public.shown(duel) if duel else None
    if seen is None or not seen.decided:
        raise Http404
    with translation.override(language(request)):
        response = picture(request, tag_of(seen), lambda: public_card(seen), kept=not seen.faces)
    if not seen.listed:
        response["X-Robots-Tag"] = "noindex"
    return response


def player_picture(request: HttpRequest, public_id: str) -> HttpResponse:
    player = public.player_of(public_id)
    if player is None:
        raise Http404
    rank = queries.rank(player)
    with translation.override(language(request)):
        return picture(request, tag_of_player(player, rank), lambda: (player_card(player, rank), True), kept=True)


def language(request: HttpRequest) -> str:
    """Told by the address alone, so that whoever keeps a copy keeps the right one."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def tag_of(seen: Shown) -> str:
    parts = [(e.pk, e.player.name, e.match, e.place, e.mu_after, e.file_id) for e in seen.entries]
    prompt = (seen.duel.prompt.ru, seen.duel.prompt.en) if seen.duel.prompt else ()
    return digest(seen.duel.public_id, seen.duel.wording, prompt, sorted(seen.hidden), seen.faces, parts)


def tag_of_player(player: Player, rank: int | None) -> str:
    figures = (player.mu, player.sigma, player.wins, player.losses, player.draws, player.streak)
    return digest(player.public_id, player.name, rank, figures)


def digest(*parts: object) -> str:
    return sha256(repr((LOOK, translation.get_language(), *parts)).encode()).hexdigest()[:32]


def picture(request: HttpRequest, tag: str, draw: Callable[[], Drawn], kept: bool) -> HttpResponse:
    if quote_etag(tag) in parse_etags(request.headers.get("If-None-Match", "")):
        return tagged(HttpResponse(status=304), tag)
    ready = cache.get(f"card:{tag}") if kept else None
    if ready is not None:
        return tagged(HttpResponse(ready, content_type="image/jpeg"), tag)
    if after := limits.wait(request, "pictures", DRAWN_A_MINUTE):
        return HttpResponse(status=429, headers={"Retry-After": str(round(after) + 1)})
    drawn, whole = draw()
    response = HttpResponse(drawn, content_type="image/jpeg")
    if not whole:
        response["Cache-Control"] = f"public, max-age={WITHOUT_PHOTOS}"
        return response
    if kept:
        cache.set(f"card:{tag}", drawn, KEPT)
    return tagged(response, tag)


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = quote_etag(tag)
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response
