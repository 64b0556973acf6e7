"""Every door that is open to anybody lets one address in so often a minute, and no more."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import Client

from emotionduel import limits
from tests.test_access import PUBLIC, STAFF

pytestmark = pytest.mark.django_db
MOST = 2
ADDRESSES = [address for each in (PUBLIC | STAFF).values() for address in each]


@pytest.fixture(autouse=True)
def _counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PAGES_PER_MINUTE = MOST
    monkeypatch.setattr(limits, "SECONDS", 10**10)  # no minute ends in between
    cache.clear()
    yield
    cache.clear()


def knock(path: str, address: str, method: str = "get", **more: Any) -> Any:
    client = Client(raise_request_exception=False)
    return getattr(client, method)(path, headers={"X-Forwarded-For": f"6.6.6.6, {address}"}, **more)


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_door_is_open_without_end(path: str) -> None:
    visitors = {name: f"aaaaaaaaaa{number:02}" for number, name in enumerate(("ann", "bob", "public", "room"))}
    path = path.format(
        **visitors, practice="a" * 12, arena="token", link="link", user="1", case="1", entry="1", act="1"
    )
    for method in ("get", "post"):
        cache.clear()
        answers = [knock(path, "192.0.2.1", method).status_code for _ in range(MOST + 1)]
        guarded = path in limits.UNCOUNTED
        assert (answers[-1] == 429) != guarded, (method, answers)
        assert 429 not in answers[:MOST]
        assert knock(path, "192.0.2.2", method).status_code != 429


def test_who_is_kept_out_is_told_for_how_long() -> None:
    answer = [knock("/privacy/", "192.0.2.1") for _ in range(MOST + 1)][-1]
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait a minute" in answer.content.decode()


def test_sockets_are_counted_like_pages() -> None:
    assert [opened(("192.0.2.1", 1)) for _ in range(MOST + 1)] == [True] * MOST + [False]
    assert opened(("192.0.2.2", 1))
    assert opened(("127.0.0.1", 1))
    through_a_proxy = [opened(("127.0.0.1", 1), b"6.6.6.6, 192.0.2.3") for _ in range(MOST + 1)]
    assert through_a_proxy == [True] * MOST + [False]


def opened(client: tuple[str, int], forwarded: bytes = b"") -> bool:
    """Whether the socket is let in, and if not, closed."""
    sent: list[Any] = []

    async def door(scope: Any, receive: Any, send: Any) -> None:
        await send("in")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-forwarded-for", forwarded)] if forwarded else []
    scope = {"type": "websocket", "client": client, "headers": headers}
    async_to_sync(limits.every_socket(door))(scope, None, send)
    assert sent in (["in"], [{"type": "websocket.close"}])
    return sent == ["in"]


def test_what_is_not_counted_is_guarded_otherwise() -> None:
    """The webhook by its secret, metrics by a token; to say how the process is costs next to nothing."""
    assert limits.UNCOUNTED == ("/healthz", "/readyz", "/metrics", "/telegram/webhook/")
    assert {knock("/metrics", "192.0.2.1").status_code for _ in range(5)} == {401}
    assert {knock("/telegram/webhook/", "192.0.2.1", "post").status_code for _ in range(5)} == {403}


def test_this_machine_itself_is_not_counted() -> None:
    assert {Client().get("/privacy/").status_code for _ in range(MOST + 3)} == {200}


def test_nobody_passes_for_this_machine() -> None:
    answers = [Client().get("/privacy/", headers={"X-Forwarded-For": "127.0.0.1"}) for _ in range(MOST + 1)]
    assert answers[-1].status_code == 429
