"""One call of the bot's: read from whatever form it came in, and held against aiogram's types."""

import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

import aiogram.methods
from aiohttp import web
from aiohttp.web_request import FileField
from pydantic import BaseModel, ValidationError

from tests.botapi.refused import Refused, bad


@dataclass(frozen=True)
class Upload:
    name: str
    data: bytes = field(repr=False)
    mime: str


@dataclass
class Call:
    method: str  # as Telegram spells it
    params: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)
    status: int | None = None  # None: never answered
    result: Any = None
    description: str = ""  # why it was refused
    injected: bool = False  # the test itself had it fail

    @property
    def chat(self) -> int | None:
        chat = self.params.get("chat_id")
        return int(chat) if chat is not None else None

    @property
    def refused(self) -> bool:
        return not self.injected and self.status is not None and self.status >= 400


async def read(request: web.Request) -> Call:
    params: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json" and request.can_read_body:
        params |= await json_body(request)
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            if isinstance(value, FileField):
                files[name] = Upload(value.filename, value.file.read(), value.content_type)
                params[name] = f"attach://{name}"
            else:
                params[name] = value
    return Call(request.match_info["method"], params, files)


async def json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad("can't parse JSON object")
    return body


def validate(call: Call) -> None:
    """The params become what the fields' types make of them; Refused names a field that is wrong or unknown."""
    kind = kinds().get(call.method.lower())
    if kind is None:
        raise Refused(404, "Not Found: method not found")
    call.method = kind.__api_method__
    attached = {name for name in call.files if name not in kind.model_fields}
    params = {name: value for name, value in call.params.items() if name not in attached}
    if unknown := params.keys() - kind.model_fields.keys():
        raise bad(f"unknown field {', '.join(sorted(unknown))}")
    try:
        found = kind.model_validate({name: read_value(kind, name, value) for name, value in params.items()})
    except ValidationError as error:
        first = error.errors()[0]
        raise bad(f"field {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if strange := unknown_fields(found):
        raise bad(f"unknown field {', '.join(strange)}")
    call.params = {name: plain(getattr(found, name)) for name in params}


@cache
def kinds() -> dict[str, type[Any]]:
    classes = (getattr(aiogram.methods, name) for name in aiogram.methods.__all__)
    named = {getattr(each, "__api_method__", ""): each for each in classes}
    return {name.lower(): each for name, each in named.items() if isinstance(name, str) and name}


def read_value(kind: type[BaseModel], name: str, value: Any) -> Any:
    """Forms and queries carry objects and lists as JSON."""
    if name == "chat_id" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    wanted = kind.model_fields[name].annotation
    if not isinstance(value, str) or wanted is str or str in get_args(wanted):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # a word where an object or a number was wanted: the types will tell


def unknown_fields(found: Any, path: str = "") -> list[str]:
    if isinstance(found, list):
        return [each for item in found for each in unknown_fields(item, path)]
    if not isinstance(found, BaseModel):
        return []
    inner = [unknown_fields(getattr(found, name), f"{path}{name}.") for name in type(found).model_fields]
    return [f"{path}{name}" for name in found.model_extra or ()] + [each for some in inner for each in some]


def plain(value: Any) -> Any:
    """Without aiogram's types: as it would stand in JSON."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.model_dump(mode="json", by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value
