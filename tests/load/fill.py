"""Photos that wait for the judge: `python -m tests.load.fill COUNT PHOTOS`, in the site's environment.

Says since when they wait.
"""

import os
import random
import sys
import time
from datetime import timedelta

import django
from django.utils import timezone

PLAYERS = 200


def main(count: int, photos: int) -> None:
    from accounts import services
    from duels import wake
    from duels.models import Duel, Entry, Prompt

    players = [services.consent(services.enter(number)[0]) for number in range(1, PLAYERS + 1)]
    prompts, now = list(Prompt.objects.all()), timezone.now()
    duels = Duel.objects.bulk_create(
        Duel(
            origin=Duel.Origin.RANDOM,
            prompt=(prompt := random.choice(prompts)),
            wording=prompt.judged,
            status=Duel.Status.OPEN,
            deadline=now + timedelta(hours=3),
        )
        for _ in range(count // 2)
    )
    sent = {"status": Entry.Status.SENT, "attempt": 1, "media": Entry.Media.PHOTO, "sent_at": now, "delivered_at": now}
    entries = Entry.objects.bulk_create(
        Entry(duel=duel, player=player, file_id=f"AgAC-photo-{number % photos}-{number}-1280", **sent)
        for number, (duel, player) in enumerate(
            (duel, player) for duel in duels for player in random.sample(players, 2)
        )
    )
    sys.stdout.write(str(time.time()))
    for entry in entries:
        wake.judge(entry.pk, 1, 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.load.settings")
    django.setup()
    main(*map(int, sys.argv[1:]))
