from dataclasses import dataclass
from typing import Any

from tests.botapi.chats import Message


@dataclass(frozen=True)
class Shown:
    """A message as the person sees it, at one version of it."""

    message: Message
    version: int

    @property
    def json(self) -> dict[str, Any]:
        return self.message.versions[self.version]

    @property
    def id(self) -> int:
        return self.message.message_id

    @property
    def text(self) -> str:
        return str(self.json.get("text") or self.json.get("caption") or "")

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        rows: list[list[dict[str, Any]]] = self.json.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    @property
    def photo(self) -> str:
        """The file_id of its largest size, or nothing."""
        return str(self.json["photo"][-1]["file_id"]) if "photo" in self.json else ""

    @property
    def edited(self) -> bool:
        return self.version > 0

    def button(self, words: str) -> dict[str, Any]:
        found = [button for row in self.rows for button in row if words.lower() in button["text"].lower()]
        assert found, f"no button {words!r} among {self.buttons}"
        return found[0]

    def __str__(self) -> str:
        picture = "[photo] " if self.photo else ""
        return f"{picture}{self.text}{''.join(f' [{each}]' for each in self.buttons)}"
