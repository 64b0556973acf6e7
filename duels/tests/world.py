"""The small world of the tests. Ann is who acts, Bob is her opponent, Cat is the third."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from accounts import services
from accounts.models import Player
from duels import deadlines, lobby, play
from duels.models import Duel, Entry, Notice, Prompt, Room, Seat
from duels.notices import Kind

numbers = count(7_000_000_000)  # so long that none is found in a page by chance


def newcomer(name: str = "", **fields: object) -> Player:
    player, _ = services.enter(next(numbers))
    services.consent(player)
    if name:
        fields |= {"name": name, "name_key": name.lower()}
    Player.objects.filter(pk=player.pk).update(**fields)
    player.refresh_from_db()
    return player


def a_prompt(slug: str = "joy", **fields: object) -> Prompt:
    wording = {"ru": f"Покажи {slug}", "en": f"Show {slug}", "judged": slug, "emotions": ["happiness"], "kind": "one"}
    return Prompt.objects.create(slug=slug, **wording | fields)


def photo(name: str = "photo", sent_at: datetime | None = None, **fields: object) -> play.Photo:
    return play.Photo(name, f"unique-{name}", sent_at or timezone.now(), **fields)  # type: ignore[arg-type]


def random_duel(one: Player, other: Player) -> Duel:
    lobby.find_opponent(one)
    lobby.find_opponent(other)
    lobby.pair_waiting()
    return the_duel(one)


def room_duel(owner: Player, *others: Player, rated: bool = True) -> Duel:
    room = lobby.open_room(owner, size=1 + len(others), rated=rated)
    for other in others:
        lobby.join_room(other, room.code)
    return the_duel(owner)


def the_duel(player: Player) -> Duel:
    """Its prompts delivered, the clock running."""
    duel = Duel.objects.get(seats__player=player, seats__state=Seat.State.DUEL)
    for entry in duel.entries.all():
        play.deliver(duel.pk, entry.player)
    duel.refresh_from_db()
    return duel


def entry_of(player: Player, duel: Duel) -> Entry:
    return duel.entries.get(player=player)


def seen(match: float | None, reason: str = play.NO_FACE) -> play.Seen:
    if match is None:
        return play.Seen("test", "1", reason)
    return play.Seen("test", "1", score=match / 100, match=match, shares={"happiness": 1.0})


def shows(player: Player, duel: Duel, match: float | None, reason: str = play.NO_FACE) -> None:
    """The player sends a photo and the judge sees that in it; None: no face."""
    play.submit_photo(player, photo())
    entry = entry_of(player, duel)
    play.record_score(entry.pk, entry.attempt, seen(match, reason))


def played(one: Player, match: float, other: Player, other_match: float) -> Duel:
    duel = random_duel(one, other)
    shows(one, duel, match)
    shows(other, duel, other_match)
    duel.refresh_from_db()
    return duel


def public_duel(one: Player, match: float, other: Player, other_match: float) -> Duel:
    """As strangers play it, whoever they are to each other."""
    duel = room_duel(one, other)
    Duel.objects.filter(pk=duel.pk).update(listed=True, origin=Duel.Origin.RANDOM, room=None)
    shows(one, duel, match)
    shows(other, duel, other_match)
    duel.refresh_from_db()
    return duel


def time_is_up(duel: Duel, ago: float = deadlines.GRACE_SECONDS + 1) -> None:
    deadline = timezone.now() - timedelta(seconds=ago)
    Duel.objects.filter(pk=duel.pk).update(deadline=deadline, created=deadline - timedelta(minutes=3))


def long_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def has_waited(player: Player, seconds: float) -> None:
    since = timezone.now() - timedelta(seconds=seconds)
    Seat.objects.filter(player=player).update(since=since, told_at=since)


def told(player: Player) -> list[str]:
    return list(Notice.objects.filter(player=player).order_by("id").values_list("kind", flat=True))


def last_told(player: Player, kind: Kind) -> Notice:
    found = Notice.objects.filter(player=player, kind=kind).order_by("id").last()
    assert found is not None, f"{player} was told {told(player)}, not {kind}"
    return found


def reread(player: Player) -> Player:
    return Player.objects.get(pk=player.pk)


def where(player: Player) -> str:
    return Seat.objects.filter(player=player).exclude(state="practice").values_list("state", flat=True).first() or ""


def expire_room(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(expires_at=timezone.now())
