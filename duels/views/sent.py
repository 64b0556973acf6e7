"""Addresses that forms are sent to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def sent_from(page: str) -> Callable[[View], View]:
    """The answer to a form may be a page, and stays in the address line: who opens it anew, by a change of language
    or from a bookmark, is led to the page with the form.
    """

    def for_posts(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def posted(request: HttpRequest, **of: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, **of)
            return redirect(page, **{name: value for name, value in of.items() if name == "token"})

        return posted

    return for_posts
