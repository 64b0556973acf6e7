"""Which player a browser has signed in as. Players are no Django users: those are the staff, in the admin."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils import timezone

from accounts.models import Browser, Player

PLAYER, SINCE = "player", "player_since"

Answer = Callable[[HttpRequest], HttpResponse]


def remember_player(get_response: Answer) -> Answer:
    """Puts request.player there: a Player, or None. Without a cookie nothing is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        put(request, player_in(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None)
        return get_response(request)

    return middleware


def put(request: HttpRequest, player: Player | None) -> None:
    request.player = player  # type: ignore[attr-defined]


def player_of(request: HttpRequest) -> Player | None:
    return getattr(request, "player", None)


def player_in(request: HttpRequest) -> Player | None:
    public_id, since = request.session.get(PLAYER), request.session.get(SINCE)
    if not public_id or not since:
        return None
    player = Player.objects.filter(public_id=public_id).first()
    return player if player and player.trusts(datetime.fromtimestamp(since, UTC)) else None


def sign_in(request: HttpRequest, player: Player) -> None:
    """Under a new key: whoever knew the old one knows nothing. Who signs in clears away sessions that ran out."""
    request.session.cycle_key()
    request.session[PLAYER], request.session[SINCE] = player.public_id, timezone.now().timestamp()
    Browser.objects.get_or_create(session_key=request.session.session_key, defaults={"player": player})
    rotate_token(request)
    request.session.clear_expired()
    put(request, player)


def sign_out(request: HttpRequest) -> None:
    """Of the game. Staff who are in the admin stay there."""
    request.session.pop(PLAYER, None)
    request.session.pop(SINCE, None)
    Browser.objects.filter(session_key=request.session.session_key).delete()
    if request.session.is_empty() or not request.session.keys():
        request.session.flush()
    put(request, None)


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """The pages' language from now on, as the switch sets it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
