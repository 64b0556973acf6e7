"""How long a look-up among very many hashes takes: in a process of its own, on the database of its settings.

`python -m tests.fairplay.looking_up ROWS [ARCHIVE]`
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ASKED = 100
AT_ONCE = 20_000
STRANGERS = 1500  # real faces that all the rows are like; drawn ones are far fewer
CHANGED = 0.05  # of the bits of each row, against the face that it is like


def asked(url: str, rows: int, archive: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="emotionduel-fairplay-") as folder:
        own = {"DATABASE_URL": url, "DATA_DIR": folder, "ENV_FILE": os.devnull, "TELEGRAM_BOT_TOKEN": ""}
        own |= {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.fairplay.looking_up", str(rows), *([str(archive)] if archive else [])]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def main(rows: int, archive: Path | None) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emotionduel.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    fill(rows, archive)
    filled = time.perf_counter() - begun
    sys.stdout.write(json.dumps(ask(archive) | {"rows": rows, "filling": filled}))


def fill(rows: int, archive: Path | None) -> None:
    """The indexes come afterwards: it makes the same table ten times as fast."""
    from django.db import connection, transaction

    from duels.models import EntryHash
    from scoring.copies import BANDS

    entry = an_entry()
    indexes = list(EntryHash._meta.indexes)
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(EntryHash, index)
    names = ["entry_id", "created", "file_unique_id", "content_hash", "rough", "close"]
    names += [f"band_{band}" for band in range(BANDS)]
    row = f"INSERT INTO {EntryHash._meta.db_table} ({','.join(names)}) VALUES ({','.join(['%s'] * len(names))})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        for some in hashes(rows, archive):
            cursor.executemany(row, [(entry.pk, entry.duel.created, *each) for each in some])
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(EntryHash, index)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def an_entry() -> Any:
    from accounts.models import Player
    from duels.models import Duel, Entry

    duel = Duel.objects.create(origin=Duel.Origin.RANDOM, wording="joy")
    return Entry.objects.create(duel=duel, player=Player.objects.create())


def hashes(rows: int, archive: Path | None) -> Iterator[list[tuple[Any, ...]]]:
    """As unlike each other as those of faces are."""
    from scoring.copies import bands_of

    likes = np.array([np.frombuffer(each.print.rough, np.uint8) for each in known(archive, STRANGERS, ASKED)])
    chance = np.random.default_rng(7)
    for begin in range(0, rows, AT_ONCE):
        count = min(AT_ONCE, rows - begin)
        changed = np.packbits(chance.random((count, likes.shape[1] * 8)) < CHANGED, axis=1)
        roughs = likes[chance.integers(len(likes), size=count)] ^ changed
        closes = chance.integers(256, size=(count, 72), dtype=np.uint8)
        bands = bands_of(roughs).tolist()
        yield [
            (f"unique-{begin + number}", f"{begin + number:064x}", rough.tobytes(), close.tobytes(), *bands[number])
            for number, (rough, close) in enumerate(zip(roughs, closes, strict=True))
        ]


def known(archive: Path | None, count: int, first: int = 0) -> Iterator[Any]:
    from scoring.copies import picture_of
    from tests.faces import EMOTIONS, PERSONS, draw_face
    from tests.fairplay.pictures import faces

    if archive:
        yield from (picture_of(face) for face in faces(archive, count, first))
        return
    for number in range(min(count, PERSONS)):
        face = draw_face(number, Random(first).choice(EMOTIONS), (112, 112), face_height=130)
        yield picture_of(face)


def ask(archive: Path | None) -> dict[str, Any]:
    """Pictures that nobody has shown, as nearly all are."""
    from duels.fairplay import candidates, near_copy
    from duels.models import Entry

    entry = Entry(duel_id=0, player_id=0)
    took, worked, found = [], [], []
    for picture in known(archive, ASKED):
        begun, working = time.perf_counter(), time.process_time()
        rows = candidates(picture)
        near_copy(entry, picture, rows)
        took.append(time.perf_counter() - begun)
        worked.append(time.process_time() - working)
        found.append(len(rows))
    return {"took": took, "worked": worked, "found": found}


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
