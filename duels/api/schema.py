"""OpenAPI: for programs as it is, for people as a page of our own. Swagger's and Redoc's pages carry styles within, and
more than a megabyte of script.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator


@cache
def described() -> dict[str, Any]:
    from duels.api.urls import v1

    found: dict[str, Any] = SchemaGenerator(patterns=[path("api/v1/", include(v1))]).get_schema(public=True)
    return found


def schema(request: HttpRequest) -> HttpResponse:
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})


@dataclass(frozen=True)
class Parameter:
    name: str
    about: str
    kind: str
    choices: tuple[str, ...]
    default: str
    required: bool


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    about: str
    depth: int


@dataclass(frozen=True)
class Door:
    id: str
    path: str
    about: str
    parameters: tuple[Parameter, ...]
    fields: tuple[Field, ...]


def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"doors": doors(), "limit": settings.API_PER_MINUTE})


@cache
def doors() -> tuple[Door, ...]:
    return tuple(door(address, each["get"]) for address, each in described()["paths"].items())


def door(address: str, operation: dict[str, Any]) -> Door:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    parameters = sorted(map(parameter, operation.get("parameters", ())), key=lambda each: not each.required)
    about = operation.get("description", "")
    return Door(operation["operationId"], address, about, tuple(parameters), tuple(fields(answer)))


def parameter(each: dict[str, Any]) -> Parameter:
    kind = resolved(each["schema"])
    choices = tuple(kind.get("enum", ()))
    about = re.split(r"(?:^|\n\n)\* `", each.get("description", ""))[0]  # choices are listed apart
    default = str(kind.get("default", ""))
    return Parameter(each["name"], about, kind.get("type", ""), choices, default, each.get("required", False))


def fields(answer: dict[str, Any], depth: int = 0) -> Iterator[Field]:
    """Each, and below it those that lie in it."""
    for name, each in resolved(answer).get("properties", {}).items():
        inner = resolved(each)
        yield Field(name, kind_of(inner, each), each.get("description", "") or inner.get("title", ""), depth)
        yield from fields(inner.get("items", inner), depth + 1)


def kind_of(kind: dict[str, Any], named: dict[str, Any]) -> str:
    found = " | ".join(map(str, kind.get("enum", ()))) or kind.get("format") or kind.get("type", "")
    return f"{found} | null" if named.get("nullable") or kind.get("nullable") else found


def resolved(kind: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    first = next(iter(kind.get("allOf") or kind.get("oneOf") or ()), kind)
    name = first.get("$ref", "").rpartition("/")[2]
    return described()["components"]["schemas"][name] if name else first
