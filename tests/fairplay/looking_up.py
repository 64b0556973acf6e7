"""How long a look-up among very many hashes takes: in a process of its own, on the database of its settings.

`python -m tests.fairplay.looking_up ROWS [ARCHIVE]`
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from scoring.copies import Picture, Print

ROOT = Path(__file__).resolve().parents[2]
ASKED = 200
WARM = 20  # other look-ups come before
AT_ONCE = 20_000
STRANGERS = 4000  # real faces that all the rows are like; drawn ones are far fewer
CHANGED = 0.05  # of the bits of each row's bands, against the face that it is like
QUALITY = 60  # with which the copies are saved that are looked for
SECONDS = 600


def asked(url: str, rows: int, archive: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="emotionduel-fairplay-") as folder:
        own = {"DATABASE_URL": url, "DATA_DIR": folder, "ENV_FILE": os.devnull, "TELEGRAM_BOT_TOKEN": ""}
        own |= {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.fairplay.looking_up", str(rows), *([str(archive)] if archive else [])]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, check=True, timeout=SECONDS
        )
    return dict(json.loads(done.stdout))


def main(rows: int, archive: Path | None) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emotionduel.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from scoring.copies import picture_of
    from tests.fairplay.variants import saved

    call_command("migrate", verbosity=0)
    told("Filling a table with %s hashes", f"{rows:,}")
    fill(rows, archive)
    told("Looking up %s pictures that nobody has shown, and as many copies", ASKED)
    ask(picture_of(face) for face in crops(archive, WARM, 2 * ASKED))
    strangers = ask(picture_of(face) for face in crops(archive, ASKED))
    copies = ask(picture_of(saved(face, QUALITY)) for face in crops(archive, ASKED, ASKED))
    sys.stdout.write(json.dumps({"rows": rows, "strangers": strangers, "copies": copies}))


def told(words: str, *what: object) -> None:
    sys.stderr.write(f"{words % what}\n")


def fill(rows: int, archive: Path | None) -> None:
    """The indexes come afterwards: it makes the same table ten times as fast."""
    from django.db import connection, transaction

    from duels.models import EntryHash
    from scoring.spots import BANDS

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


Row = tuple[Any, ...]


def hashes(rows: int, archive: Path | None) -> Iterator[list[Row]]:
    """The pictures whose copies are looked for, and others as unlike each other as those of faces are."""
    from scoring.copies import print_of

    yield [row(number, print_of(face)) for number, face in enumerate(crops(archive, ASKED, ASKED))]
    likes = [print_of(face) for face in crops(archive, STRANGERS, 2 * ASKED)]
    chance = np.random.default_rng(7)
    for begin in range(ASKED, rows, AT_ONCE):
        count = min(AT_ONCE, rows - begin)
        some = [likes[each] for each in chance.integers(len(likes), size=count)]
        yield [row(begin + at, each) for at, each in enumerate(changed(chance, some))]


def changed(chance: np.random.Generator, prints: "list[Print]") -> "Iterator[Print]":
    from scoring.copies import Print
    from scoring.spots import BAND_BITS, BANDS

    bits = 2 ** np.arange(BAND_BITS)
    others = ((chance.random((len(prints), BANDS, BAND_BITS)) < CHANGED) @ bits).tolist()
    for each, its in zip(prints, others, strict=True):
        bands = tuple(None if band is None else band ^ other for band, other in zip(each.bands, its, strict=True))
        yield Print(each.rough, chance.bytes(len(each.close)), bands)


def row(number: int, kept: "Print") -> Row:
    return f"unique-{number}", f"{number:064x}", kept.rough, kept.close, *kept.bands


def crops(archive: Path | None, count: int, first: int = 0) -> Iterator[Image.Image]:
    from tests.faces import EMOTIONS, PERSONS, draw_face
    from tests.fairplay.pictures import faces

    if archive:
        yield from faces(archive, count, first)
        return
    for number in range(min(count, PERSONS)):
        yield draw_face(number, Random(first).choice(EMOTIONS), (112, 112), face_height=130)


def ask(pictures: "Iterable[Picture]") -> dict[str, Any]:
    from duels.fairplay import candidates, near_copy
    from duels.models import Entry

    entry = Entry(duel_id=0, player_id=0)
    looked, compared, rows, found = [], [], [], 0
    for picture in pictures:
        begun = time.perf_counter()
        likely = candidates(picture)
        looked.append(time.perf_counter() - begun)
        found += near_copy(entry, picture, likely) is not None
        compared.append(time.perf_counter() - begun - looked[-1])
        rows.append(len(likely))
    return {"looked": looked, "compared": compared, "rows": rows, "asked": len(rows), "found": found}


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
