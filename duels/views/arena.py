"""The arena's pages. Each address carries a token: the browser that opened the duel, and nobody else, has it."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Refusal, Refused
from duels import arena as game
from duels.arena import ArenaRefusal, Sitter, faces, words
from duels.models import ArenaDuel, Prompt
from duels.views import arena_words
from duels.views.arena_form import Form
from duels.views.arena_stage import stage_of
from duels.views.sent import View, sent_from
from emotionduel.encryption import unseal
from emotionduel.limits import address
from scoring.photos import MAX_BYTES

STATUS: dict[str, int] = {ArenaRefusal.TOO_FAST: 429, ArenaRefusal.FULL: 503, ArenaRefusal.PHOTO_TOO_LARGE: 413}
FIELDS: dict[str, str] = {
    ArenaRefusal.WORDING_LENGTH: "wording",
    ArenaRefusal.WORDING_SCRIPT: "wording",
    ArenaRefusal.NAMES_ALIKE: "name",
    Refusal.NAME_LENGTH: "name",
    Refusal.NAME_LETTERS: "name",
    Refusal.NAME_RESERVED: "name",
    Refusal.NAME_RUDE: "name",
}


def owned(view: View) -> View:
    """Calls the view with the duel of the token; nothing of it is kept by any cache or search engine."""

    @never_cache
    @wraps(view)
    def found(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        duel = game.found(token)
        answer = view(request, duel, **more) if duel else render(request, "arena_gone.html", status=404)
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return found


def language() -> str:
    return get_language() or "en"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def entrance(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "arena.html", {"form": Form.fresh(language())})
    form = Form.sent(request.POST, language())
    try:
        game.knock(address(request))
        return shown(form.open())
    except Refused as refused:
        return refuse_form(request, form, refused)


def refuse_form(request: HttpRequest, form: Form, refused: Refused) -> HttpResponse:
    told = {"form": form, "problem": arena_words.refusal(refused), "at_fault": FIELDS.get(refused.reason, "")}
    return render(request, "arena.html", told, status=STATUS.get(refused.reason, 422))


@sent_from("arena")
@never_cache
def redraw(request: HttpRequest) -> HttpResponse:
    """The same form with another prompt, or other names."""
    form = Form.sent(request.POST, language()).redrawn(request.POST.get("what", ""))
    return render(request, "arena.html", {"form": form})


@csrf_exempt
@sent_from("arena")
def try_out(request: HttpRequest) -> HttpResponse:
    """Two drawn faces, and the visitor's guess who wins. Without a token, so that the front page sets no cookie:
    who is made to bet on a drawn face comes to no harm.
    """
    drawn, named = request.POST.getlist("face"), request.POST.getlist("name")
    prompt = Prompt.objects.filter(slug=request.POST.get("prompt", "")).first()
    bet = request.POST.get("bet")
    if not prompt or len(drawn) != 2 or not set(drawn) <= set(faces.faces()) or bet not in {"0", "1"}:
        return redirect("arena")
    try:
        game.knock(address(request))
        names = words.named([*named, "", ""][:2], language())
        sitters = [Sitter(name, face) for name, face in zip(names, drawn, strict=True)]
        return shown(game.open_duel(sitters, language(), prompt, bet=int(bet)))
    except Refused as refused:
        return refuse_form(request, Form.fresh(language()), refused)


def shown(duel: ArenaDuel) -> HttpResponse:
    return redirect("arena-duel", duel.token)


@require_safe
@owned
def duel(request: HttpRequest, duel: ArenaDuel) -> HttpResponse:
    return page(request, duel)


def page(request: HttpRequest, duel: ArenaDuel, problem: str = "", status: int = 200) -> HttpResponse:
    told = {"duel": duel, "stage": stage_of(duel, language(), problem)}
    return render(request, "arena_duel.html", told, status=status)


@require_safe
@owned
def stage(request: HttpRequest, duel: ArenaDuel) -> HttpResponse:
    """The part of the page that changes, for its script."""
    return render(request, "parts/arena_stage.html", {"duel": duel, "stage": stage_of(duel, language())})


@sent_from("arena-duel")
@owned
def photo(request: HttpRequest, duel: ArenaDuel, seat: int) -> HttpResponse:
    """From the script the bare bytes, from a form a file. Nothing is decoded here."""
    by_form = request.content_type == "multipart/form-data"
    try:
        game.knock(address(request))
        game.add_photo(duel, seat, uploaded(request) if by_form else body(request))
    except Refused as refused:
        problem, status = arena_words.refusal(refused), STATUS.get(refused.reason, 422)
        if by_form:
            return page(request, duel, problem, status)
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    return shown(duel) if by_form else HttpResponse(status=204)


def uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("photo")
    if file is None:
        return b""
    if (file.size or 0) > MAX_BYTES:
        raise Refused(ArenaRefusal.PHOTO_TOO_LARGE)
    return file.read()


def body(request: HttpRequest) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise Refused(ArenaRefusal.PHOTO_TOO_LARGE)
    return request.read(MAX_BYTES + 1)


@sent_from("arena-duel")
@owned
def retry(request: HttpRequest, duel: ArenaDuel) -> HttpResponse:
    try:
        game.knock(address(request))
    except Refused as refused:
        return page(request, duel, arena_words.refusal(refused), STATUS[ArenaRefusal.TOO_FAST])
    game.retry(duel)
    return shown(duel)


@sent_from("arena-duel")
@owned
def again(request: HttpRequest, duel: ArenaDuel) -> HttpResponse:
    try:
        game.knock(address(request))
        return shown(game.again(duel, language()))
    except Refused as refused:
        return page(request, duel, arena_words.refusal(refused), STATUS.get(refused.reason, 422))


@require_safe
@owned
def card(request: HttpRequest, duel: ArenaDuel) -> HttpResponse:
    if not duel.card:
        raise Http404(reverse("arena-card", args=[duel.token]))
    return HttpResponse(unseal(duel.card), content_type="image/jpeg")
