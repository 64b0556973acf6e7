"""How a bot presents itself: commands, descriptions and the menu button, per language and scope."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tests.botapi import limits
from tests.botapi.chats import Json
from tests.botapi.refused import bad

LONGEST = {"name": 64, "description": 512, "short_description": 120}


class Setup:
    def __init__(self) -> None:
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menus: dict[int, Json] = {}

    def set_commands(self, params: Json) -> bool:
        limits.check_commands(params["commands"])
        self.commands[place(params)] = params["commands"]
        return True

    def get_commands(self, params: Json) -> list[Json]:
        return self.commands.get(place(params), [])

    def delete_commands(self, params: Json) -> bool:
        self.commands.pop(place(params), None)
        return True

    def set_text(self, name: str, params: Json) -> bool:
        text = params.get(name) or ""
        if len(text) > LONGEST[name]:
            raise bad(f"BOT_{name.upper()}_TOO_LONG")
        self.texts[name, language(params)] = text
        return True

    def get_text(self, name: str, params: Json) -> Json:
        default = self.texts.get((name, ""), "")
        return {name: self.texts.get((name, language(params)), default)}

    def set_menu(self, params: Json) -> bool:
        page = (params.get("menu_button") or {}).get("web_app")
        if page and urlsplit(page["url"]).scheme != "https":
            raise bad("BUTTON_URL_INVALID")
        self.menus[params.get("chat_id", 0)] = params.get("menu_button") or {"type": "default"}
        return True

    def get_menu(self, params: Json) -> Json:
        return self.menus.get(params.get("chat_id", 0), {"type": "default"})

    @property
    def methods(self) -> dict[str, Callable[[Json], Any]]:
        methods: dict[str, Callable[[Json], Any]] = {
            "setMyCommands": self.set_commands,
            "getMyCommands": self.get_commands,
            "deleteMyCommands": self.delete_commands,
            "setChatMenuButton": self.set_menu,
            "getChatMenuButton": self.get_menu,
        }
        for name, spelled in (
            ("name", "Name"),
            ("description", "Description"),
            ("short_description", "ShortDescription"),
        ):
            methods[f"setMy{spelled}"] = partial(self.set_text, name)
            methods[f"getMy{spelled}"] = partial(self.get_text, name)
        return methods


def place(params: Json) -> tuple[str, str]:
    return json.dumps(params.get("scope") or {"type": "default"}, sort_keys=True), language(params)


def language(params: Json) -> str:
    code = params.get("language_code") or ""
    if code and not (len(code) == 2 and code.isalpha()):
        raise bad("invalid language code specified")
    return code
