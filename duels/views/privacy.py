from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import signin
from duels.privacy import Section, sections
from duels.views import pictures

A_DAY = 24 * 3600

# What the bot need not tell: it concerns who comes by browser.
ON_THE_SITE = (
    (
        _("On this site"),
        _(
            "/settings and /delete_me are on your own page, too. You sign in without a password, by a link from the"
            " bot that works once, within %(minutes)d minutes, or by Telegram's own signature, of which we keep"
            " nothing."
        ),
    ),
    (
        _("Pictures for links"),
        _(
            "show what the pages show, and are drawn anew. One without faces is remembered for %(pictures)d"
            " minutes, with the names on it."
        ),
    ),
    (
        _("Cookies"),
        _(
            "four at most, and who only looks around gets none: one keeps you signed in for %(days)d days, one"
            " guards forms against other sites and one remembers the language that you chose, both for a year;"
            " one tells visitors of the mirror apart until the browser is closed."
        ),
    ),
    (
        _("Mirror"),
        _(
            "your camera's frames come to this site alone, small, one at a time. The judge looks at each once, in"
            " memory, and it is gone: no frame is stored, nor what was seen in it."
        ),
    ),
    (
        _("Nobody else"),
        _(
            "your browser is sent to no other site for anything: no counters, no advertising, no strange scripts."
            " The site keeps no list of who looked at what; a proxy before it may."
        ),
    ),
)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    said = [Section(title, text[:1].upper() + text[1:]) for title, text in [*sections(site=True), *on_the_site()]]
    return render(request, "privacy.html", {"sections": said})


def on_the_site() -> list[Section]:
    times = {
        "days": settings.SESSION_COOKIE_AGE // A_DAY,
        "minutes": signin.LINK_SECONDS // 60,
        "pictures": pictures.KEPT // 60,
    }
    return [Section(str(title), text % times) for title, text in ON_THE_SITE]
