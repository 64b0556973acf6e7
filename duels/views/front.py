"""The front page: boards and duels, as they are at this moment; the script keeps them so."""

import re
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.sessions import player_of
from duels import boards, ids, live, strip
from duels.boards import TODAY, WEEK, Board
from duels.rules import figures
from duels.telegram import link
from duels.templatetags.boards import OUTCOMES
from duels.words import emotion
from scoring import EMOTIONS

SIZE = 20
KEPT = 2  # seconds: spectators who have missed something come all together
PUBLIC_ID = re.compile(ids.PublicId.regex)


def front(request: HttpRequest) -> HttpResponse:
    name, after = asked(request)
    return render(request, "index.html", {**shown(name, after), "bot": link.address(), **own(request, name)})


def catch_up(request: HttpRequest) -> HttpResponse:
    """What of the page changes by itself, for who has missed something of it."""
    name, after = asked(request)
    key = f"live-{live.number()}-{name}-{after}-{get_language()}"
    html = cache.get(key)
    if html is None:
        html = render_to_string("parts/live.html", shown(name, after))
        cache.set(key, html, KEPT)
    html += render_to_string("parts/own.html", own(request, name)) if player_of(request) else ""
    return HttpResponse(html, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


def asked(request: HttpRequest) -> tuple[str, str]:
    name, after = request.GET.get("board", str(Board.RATING)), request.GET.get("after", "")
    if name not in boards.names():
        raise Http404
    return name, after if PUBLIC_ID.fullmatch(after) else ""


def shown(name: str, after: str) -> dict[str, Any]:
    number = live.number()  # before all else: what changes meanwhile is then heard once more
    return {
        "number": number,
        "page": boards.page(name, after, SIZE),
        "after": after,
        "size": SIZE,
        "title": title(name),
        "worth": worth(name),
        "boards": [(each, title(each)) for each in (Board.RATING, TODAY, WEEK, Board.EXPRESSIVE)],
        "narrower": [(each, title(each)) for each in boards.names() if "-" in each],
        "duels": [(told, told["prompt"].get(get_language(), "")) for told in map(strip.told, strip.latest())],
        "strip_size": strip.SIZE,
        "day": figures.of_day(timezone.now()),
        "emotions": EMOTIONS,
        "marks": OUTCOMES,
    }


def title(name: str) -> str:
    kind, _sep, which = name.partition("-")
    if kind == "emotion":
        return emotion(which).capitalize()
    if kind == "language":
        return str(dict(settings.LANGUAGES)[which])
    return {
        Board.RATING: _("All time"),
        TODAY: _("Today"),
        WEEK: _("This week"),
        Board.EXPRESSIVE: _("Most expressive"),
    }[name]


def worth(name: str) -> str:
    """What the board goes by; empty where that is the rating."""
    if name in {TODAY, WEEK}:
        return _("Gained")
    return "" if name == Board.RATING or name.startswith("language-") else _("Mean match")


def own(request: HttpRequest, name: str) -> dict[str, Any]:
    """The reader's place: theirs alone, so it is never among what is kept for all."""
    reader = player_of(request)
    return {"reader": reader, "own": boards.place_of(reader, name) if reader else None}
