"""New prompts, asked of any server that speaks OpenAI's chat API. They are filed switched off: a moderator decides."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.text import slugify

from duels.models import Prompt
from scoring import EMOTIONS

PATIENCE = 120  # seconds
SHOWN = 40  # of the prompts that there are: not these again
LONGEST = 120
ASKED = """You invent tasks for a game in which people photograph their own faces showing an emotion.
Invent {count} new ones, in English and in Russian, each a natural, friendly sentence of at most 60 characters.
Kinds: one (one emotion), detail (an emotion with a detail of the face), two (two emotions at once), style.
Nothing that needs props, other people, undress, or mocks anybody. Not these: {known}.
Answer with a JSON array alone; each item: {{"kind": "one|detail|two|style", "difficulty": 1|2|3,
"emotions": [of {emotions}], "en": "...", "ru": "...", "judged": "a short English caption of such a face"}}"""


class NoSuggestions(Exception):
    """Says why, for whoever asked."""


def suggest(count: int) -> list[Prompt]:
    """The prompts filed. What the server answers is a stranger's text: it is checked, and what is odd left out."""
    if not settings.LLM_URL:
        raise NoSuggestions("No server is set: LLM_URL, and LLM_MODEL and LLM_KEY as it needs them.")
    filed = [prompt for item in items(ask(question(count))) if (prompt := checked(item)) is not None]
    return [prompt for prompt in filed[:count] if file(prompt)]


def question(count: int) -> str:
    known = "; ".join(Prompt.objects.order_by("?").values_list("en", flat=True)[:SHOWN])
    return ASKED.format(count=count, known=known, emotions=", ".join(EMOTIONS))


def ask(text: str) -> str:
    url = settings.LLM_URL.rstrip("/") + "/chat/completions"
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NoSuggestions("LLM_URL must begin with http:// or https://.")
    body = {"model": settings.LLM_MODEL, "messages": [{"role": "user", "content": text}]}
    headers = {"Content-Type": "application/json"}
    if settings.LLM_KEY:
        headers["Authorization"] = f"Bearer {settings.LLM_KEY}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 (the scheme is looked at)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return str(json.load(answer)["choices"][0]["message"]["content"])
    except (OSError, urllib.error.URLError) as error:
        raise NoSuggestions(f"The server at {urlsplit(url).netloc} gave no answer: {error}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise NoSuggestions("The server's answer is not what a chat API answers.") from error


def items(answer: str) -> list[Any]:
    """Models like to put words and fences around what was asked for."""
    begin, end = answer.find("["), answer.rfind("]")
    try:
        found = json.loads(answer[begin : end + 1])
    except ValueError as error:
        raise NoSuggestions("The server answered, but with no list of prompts.") from error
    return found if isinstance(found, list) else []


def checked(item: Any) -> Prompt | None:
    try:
        texts = {name: " ".join(str(item[name]).split()) for name in ("en", "ru", "judged")}
        emotions = [str(each) for each in item["emotions"]]
        kind, difficulty = Prompt.Kind(item["kind"]), int(item["difficulty"])
    except (LookupError, TypeError, ValueError):
        return None
    if not all(0 < len(text) <= LONGEST for text in texts.values()) or not 1 <= difficulty <= 3:
        return None
    slug = slugify(texts["judged"])[:60]
    if not slug or not emotions or not set(emotions) <= set(EMOTIONS):
        return None
    return Prompt(slug=slug, kind=kind, difficulty=difficulty, emotions=emotions, active=False, **texts)


def file(prompt: Prompt) -> bool:
    """False: it is there already."""
    if Prompt.objects.filter(Q(slug=prompt.slug) | Q(en__iexact=prompt.en)).exists():
        return False
    prompt.save()
    return True
