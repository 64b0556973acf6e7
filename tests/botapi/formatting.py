"""HTML as Telegram reads it in texts: to plain text and entities, or a refusal in Telegram's words."""

import re
from html import unescape
from typing import Any

from tests.botapi.refused import bad

TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z-]*)(?P<rest>[^>]*)>|(?P<named>&[a-zA-Z0-9#]+;)|(?P<text>[^<&]+|&|<)")
KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = re.compile(r"&(lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);")


def parsed(text: str, mode: str | None, entities: list[dict[str, Any]] | None) -> tuple[str, list[dict[str, Any]]]:
    """The text without its marks, trimmed as Telegram trims it, and what was marked in it."""
    if not mode:
        return text.strip(), entities or []
    if mode.lower() != "html":
        raise bad(f"this double reads HTML alone, not {mode}")
    return trimmed(*html(text))


def html(text: str) -> tuple[str, list[dict[str, Any]]]:
    plain, found, open_tags = "", [], list[tuple[str, dict[str, Any]]]()
    for token in TOKEN.finditer(text):
        at = len(text[: token.start()].encode())
        if token["named"]:
            plain += unescape(token["named"]) if NAMED.fullmatch(token["named"]) else token["named"]
        elif token["text"] == "<" or (token["text"] is None and not token["name"]):
            raise bad(f'can\'t parse entities: Unsupported start tag "" at byte offset {at}')
        elif token["text"]:
            plain += token["text"]
        elif token["end"]:
            found.append(ended(open_tags, token["name"].lower(), length(plain), at))
        else:
            open_tags.append((token["name"].lower(), begun(token["name"].lower(), token["rest"], length(plain), at)))
    if open_tags:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return plain, sorted((each for each in found if each["length"]), key=lambda each: each["offset"])


def begun(name: str, rest: str, offset: int, at: int) -> dict[str, Any]:
    if name not in KINDS or (name == "span" and "tg-spoiler" not in rest):
        raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
    link = re.search(r"""href\s*=\s*["']?([^"'>\s]+)""", rest)
    return {"type": KINDS[name], "offset": offset} | ({"url": unescape(link[1])} if link else {})


def ended(open_tags: list[tuple[str, dict[str, Any]]], name: str, offset: int, at: int) -> dict[str, Any]:
    if not open_tags or (name and open_tags[-1][0] != name):
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {at}")
    entity = open_tags.pop()[1]
    return entity | {"length": offset - entity["offset"]}


def trimmed(plain: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    ahead, whole = length(plain) - length(plain.lstrip()), length(plain.strip())
    moved = []
    for entity in entities:
        start = max(entity["offset"] - ahead, 0)
        end = min(entity["offset"] + entity["length"] - ahead, whole)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return plain.strip(), moved


def length(text: str) -> int:
    """In UTF-16 units, as Telegram counts offsets."""
    return len(text.encode("utf-16-le")) // 2
