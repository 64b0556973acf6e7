"""What a test has go wrong: 429, 403, 400, 500, slowness and silence, for calls that it picks."""

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.calls import Call
from tests.botapi.refused import Refused

WORDS = {
    400: "Bad Request: PEER_ID_INVALID",
    403: "Forbidden: bot was blocked by the user",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
}


@dataclass
class Fault:
    """`done`: the call is carried out, and goes wrong only after that."""

    method: str = ""  # "": any
    chat: int | None = None  # None: any
    code: int = 0  # 0: it succeeds in the end
    description: str = ""
    retry_after: int = 0
    migrate_to: int = 0
    slow: float = 0.0  # seconds
    silent: bool = False  # the connection ends without an answer
    done: bool = False
    garbled: bool = False  # the answer is no JSON: a proxy's page
    times: int = 1  # -1: for ever
    met: list[Call] = field(default_factory=list)

    def meets(self, call: Call) -> bool:
        method = not self.method or call.method.lower() == self.method.lower()
        return self.times != 0 and method and (self.chat is None or self.chat == call.chat)

    def take(self, call: Call) -> None:
        self.times -= self.times > 0
        self.met.append(call)
        call.injected = bool(self.code or self.silent or self.garbled)

    @property
    def refusal(self) -> Refused:
        more: dict[str, Any] = {"retry_after": self.retry_after} if self.retry_after else {}
        more |= {"migrate_to_chat_id": self.migrate_to} if self.migrate_to else {}
        words = self.description or WORDS.get(self.code, "Bad Request").format(retry_after=self.retry_after)
        return Refused(self.code, words, **more)
