from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Player
from duels import boards, cursors, public
from duels.api import answers
from duels.api import serializers as kinds
from duels.live import number
from duels.queries import Order

# Without HEAD, monitors and caches would be refused.
reads = api_view(["GET", "HEAD"])
BAD = {400: OpenApiResponse(OpenApiTypes.OBJECT, "By parameter, what is wrong with it")}
MISSING, OFTEN = {404: kinds.Trouble}, {429: kinds.Trouble}


def page(request: Any, results: list[Any], cursor: str) -> Response:
    """As it was asked for, but from there on."""
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    onward = request.build_absolute_uri(f"{request.path}?{urlencode({**kept, 'cursor': cursor})}")
    return Response({"next": onward if cursor else None, "results": results})


def read(cursor: str, *parts: type) -> list[Any]:
    try:
        return cursors.read(cursor, *parts)
    except cursors.Unreadable:
        raise ValidationError({"cursor": ["Take it from “next” of the page before."]}) from None


@extend_schema(operation_id="doors", tags=["doors"], responses={200: kinds.Doors, **OFTEN})
@reads
def doors(request: Any) -> Response:
    """What there is."""
    names = {"leaderboard": "api-leaderboard", "duels": "api-duels", "prompts": "api-prompts", "live": "api-live"}
    found = {name: request.build_absolute_uri(reverse(view)) for name, view in names.items()}
    return Response({**found, "schema": request.build_absolute_uri(reverse("api-schema"))})


@extend_schema(
    operation_id="leaderboard",
    tags=["players"],
    parameters=[kinds.BoardAsked],
    responses={200: kinds.Standings, **BAD, **OFTEN},
)
@reads
def leaderboard(request: Any) -> Response:
    """Who stands where, from the first place down."""
    asked = kinds.asked(kinds.BoardAsked, request)
    board = boards.listing(asked["board"])
    found = board.page(board_key(asked["cursor"]), boards.PAGE + 1)
    rows = found[: boards.PAGE]
    results = kinds.Placed([answers.placed(board, row) for row in rows], many=True).data
    return page(request, results, written(board, rows[-1]) if len(found) > len(rows) else "")


def board_key(cursor: str) -> boards.Key | None:
    if not cursor:
        return None
    ranked, value, public_id = read(cursor, bool, float, str)
    pk = Player.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    return None if pk is None else boards.Key(ranked, value, pk)


def written(board: boards.Listing, row: Any) -> str:
    key = board.key_of(row)
    return cursors.write(key.ranked, key.value, boards.player_in(row).public_id)


@extend_schema(operation_id="player", tags=["players"], responses={200: kinds.Player, **MISSING, **OFTEN})
@reads
def player(request: Any, public_id: str) -> Response:
    """Whoever has left the leaderboard is not found."""
    return Response(kinds.Player(answers.player(known(public_id))).data)


def known(public_id: str) -> Player:
    found = public.player_of(public_id)
    if found is None:
        raise Http404
    return found


@extend_schema(
    operation_id="history",
    tags=["players"],
    parameters=[kinds.HistoryAsked],
    responses={200: kinds.History, **BAD, **MISSING, **OFTEN},
)
@reads
def history(request: Any, public_id: str) -> Response:
    """A player's decided duels, private ones left out."""
    asked = kinds.asked(kinds.HistoryAsked, request)
    found, order = known(public_id), Order(asked["order"])
    value: type = datetime if order is Order.NEWEST else float
    key = public.history_key(found, *read(asked["cursor"], value, str)) if asked["cursor"] else None
    entries = public.history(found, order=order, after=key)
    results = kinds.Past([answers.past(each) for each in entries.items], many=True).data
    onward = cursors.write(entries.next[0], entries.items[-1].duel.public_id) if entries.next else ""
    return page(request, results, onward)


@extend_schema(
    operation_id="duels", tags=["duels"], parameters=[kinds.Cursor], responses={200: kinds.Duels, **BAD, **OFTEN}
)
@reads
def duels(request: Any) -> Response:
    """Decided ones that everybody may see, the newest first."""
    cursor = kinds.asked(kinds.Cursor, request)["cursor"]
    found = public.finished(public.duel_key(*read(cursor, datetime, str)) if cursor else None)
    results = kinds.DuelOf([answers.duel(each) for each in found.items], many=True).data
    return page(request, results, cursors.write(found.next[0], found.items[-1].public_id) if found.next else "")


@extend_schema(operation_id="duel", tags=["duels"], responses={200: kinds.DuelOf, **MISSING, **OFTEN})
@reads
def duel(request: Any, public_id: str) -> Response:
    """One duel, one of a private room too, for who knows its id."""
    found = public.duel_of(public_id)
    if found is None:
        raise Http404
    return Response(kinds.DuelOf(answers.duel(found)).data)


@extend_schema(
    operation_id="prompts", tags=["prompts"], parameters=[kinds.Cursor], responses={200: kinds.Prompts, **BAD, **OFTEN}
)
@reads
def prompts(request: Any) -> Response:
    """What players are asked to show."""
    cursor = kinds.asked(kinds.Cursor, request)["cursor"]
    found = public.prompts(*read(cursor, str) if cursor else ())
    results = kinds.Prompt(found.items, many=True).data
    return page(request, results, cursors.write(found.next) if found.next else "")


@extend_schema(operation_id="live", tags=["duels"], responses={200: kinds.Live, **OFTEN})
@reads
def live(request: Any) -> Response:
    """The duels of this moment."""
    now = number()  # first: what changes meanwhile has another one
    return Response(kinds.Live({"number": now, "duels": [answers.duel(each) for each in public.running()]}).data)


@extend_schema(exclude=True)
@reads
def nothing(request: Any, rest: str) -> Response:
    """Programs are to read why, too."""
    raise Http404
