from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import Player
from duels import cursors, public, queries
from duels.models import Entry
from duels.queries import EntryKey, Order
from duels.views.charts import RatingChart, radar, rating_chart
from duels.views.parts import row
from duels.words import emotion

BEST = 5


@dataclass(frozen=True)
class Mean:
    emotion: str
    match: float


def player(request: HttpRequest, public_id: str) -> HttpResponse:
    reader = sessions.player_of(request)
    found = public.player_of(public_id, reader)
    if found is None:
        raise Http404
    entries = public.entries_of(found, reader)
    page = queries.history(found, after=after(request, found), among=entries)
    chart = rating_chart(queries.rating_history(found))
    means = queries.emotion_means(found, enough=1)
    shown = {
        "player": found,
        "profile": queries.profile(found),
        "hidden": not public.is_public(found),
        "own": found == reader,
        "chart": chart,
        "chart_told": told(chart) if chart else "",
        "radar": radar(means),
        "means": [Mean(emotion(name), means[name]) for name in sorted(means, key=lambda name: -means[name])],
        "rows": [row(entry) for entry in page.items],
        "next": written(page.items[-1]) if page.next else "",
        "later": "after" in request.GET,
        "best": [row(entry) for entry in queries.history(found, Order.BEST, size=BEST, among=entries).items],
        "description": description(found),
    }
    return render(request, "players/player.html", shown)


def after(request: HttpRequest, player: Player) -> EntryKey | None:
    if "after" not in request.GET:
        return None
    try:
        return public.history_key(player, *cursors.read(request.GET["after"], datetime, str))
    except cursors.Unreadable:
        raise Http404 from None


def written(entry: Entry) -> str:
    assert entry.ended_at is not None, "a history is of entries that ended"  # noqa: S101
    return cursors.write(entry.ended_at, entry.duel.public_id)


def told(chart: RatingChart) -> str:
    """What the chart shows, for who does not see it."""
    figures = {
        "first": chart.first.rating,
        "since": date_format(chart.first.when, "j E Y"),
        "last": chart.last.rating,
        "low": chart.lowest,
        "high": chart.highest,
    }
    return _("From %(first)d (%(since)s) to %(last)d now, never below %(low)d nor above %(high)d.") % figures


def description(player: Player) -> str:
    profile = {"wins": player.wins, "losses": player.losses, "draws": player.draws}
    return _("Wins %(wins)d, losses %(losses)d, draws %(draws)d. Emotions as a sport.") % profile
