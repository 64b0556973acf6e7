from typing import Any


class Refused(Exception):
    """An answer of Telegram's that is no success."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        answer = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    return Refused(403, f"Forbidden: {description}")
