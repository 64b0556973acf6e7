"""Mutated pictures through the arena's door to the judge that ships: each is judged or refused, no job fails."""

import os
from collections import Counter
from functools import cache
from random import Random

import pytest
from django.test import Client

from duels import arena, jobs
from duels.models import ArenaDuel, ArenaEntry
from duels.tests.world import a_prompt
from tests.faces import draw_face, photo_bytes

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PICTURES = max(48, int(os.environ.get("FUZZ", "0")) // 10)
SEATS = 4
ANSWERED = {"judged", "faceless", "unreadable"}


@cache
def samples() -> tuple[bytes, ...]:
    face = draw_face(0, "happiness", (320, 240))
    return (
        photo_bytes(face),
        photo_bytes(face, progressive=True),
        photo_bytes(face.convert("CMYK")),
        photo_bytes(face, "PNG"),
        photo_bytes(face.quantize(32), "PNG"),
        photo_bytes(face, "WEBP"),
        photo_bytes(face, "WEBP", lossless=True),
    )


def mutated(seed: int) -> bytes:
    chance = Random(seed)
    data = bytearray(chance.choice(samples()))
    for _ in range(chance.choice((0, 1, 1, 3, 10, 60))):
        strike(data, chance)
    return bytes(data) or b"\0"


def strike(data: bytearray, chance: Random) -> None:
    """Half of the blows fall on the head, where sizes and tables are told."""
    if not data:
        return
    at = chance.choice((chance.randrange(len(data)), chance.randrange(min(len(data), 600))))
    kind, length = chance.randrange(6), chance.choice((1, 1, 2, 4, 64))
    if kind == 0:
        data[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        data[at : at + length] = chance.randbytes(length)
    elif kind == 2:
        del data[at : at + length]
    elif kind == 3:
        data[at:at] = data[max(0, at - 64) : at]
    elif kind == 4:
        data[at : at + length] = chance.choice((b"\0", b"\xff")) * length
    elif chance.random() < 0.2:
        del data[at:]
    else:
        data += chance.choice(samples())[:200]


def sent(client: Client, duel: ArenaDuel, seat: int, seed: int) -> None:
    visitor = {"X-Forwarded-For": f"10.{seed >> 16 & 255}.{seed >> 8 & 255}.{seed & 255}"}
    address = f"/arena/{duel.token}/photo/{seat}/"
    answer = client.post(address, mutated(seed), content_type="application/octet-stream", headers=visitor)
    assert answer.status_code == 204


def test_mutated_pictures_are_judged_or_refused(client: Client) -> None:
    prompt, statuses, reasons = a_prompt("laughing", judged="a happy face"), Counter[str](), Counter[str]()
    for first in range(0, PICTURES, SEATS):
        duel = arena.open_duel([arena.Sitter(f"Guest {seat}") for seat in range(SEATS)], "en", prompt)
        for seat in range(SEATS):
            sent(client, duel, seat, first + seat)
        assert jobs.judge_waiting() == SEATS
        for entry in duel.entries.defer("photo"):
            statuses[entry.status] += 1
            reasons[(entry.seen or {}).get("reason", "")] += 1
            assert entry.status in ANSWERED, f"seed {first + entry.seat}: {entry.status}"
        while jobs.draw_arena():
            pass
        assert not ArenaEntry.objects.filter(status=ArenaEntry.Status.SENT).exists()
        ArenaDuel.objects.all().delete()
    print(f"{PICTURES} pictures: {dict(statuses)}, {dict(reasons)}")  # noqa: T201
    assert statuses["judged"]
    assert statuses["unreadable"]
