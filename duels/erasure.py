"""A person goes, everywhere: what remains is a nameless mark, so that opponents' duels and ratings still add up."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts import services
from accounts.models import Player
from duels import play, training
from duels.appearance import noticed
from duels.models import Duel, Entry, EntryHash, ModerationAct, Notice, Seat, Update
from duels.notices import Kind, tell
from duels.retention import LEADS_TO_PHOTO
from duels.rooms import leave_room
from duels.search import leave_search

# All that describes the person or leads to a picture; the score stays, the duel is decided by it.
TRACES: dict[str, Any] = LEADS_TO_PHOTO | {
    "forwarded": False,
    "copy_of": None,
    "screen": None,
    "held": "",
    "box": None,
    "tilt": None,
    "shares": None,
    "valence": None,
    "arousal": None,
}
DELETABLE = timedelta(hours=48)  # so long Telegram lets a bot delete its own messages


@noticed
@transaction.atomic
def forget(player: Player) -> Player:
    number, language = player.telegram_id, player.language
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    leave_everything(player)
    training.take_all_back(player)
    Entry.objects.filter(player=player).update(**TRACES)
    ModerationAct.objects.filter(player=player).update(why="", undone_why="", former="", given="")
    EntryHash.objects.filter(entry__player=player).delete()
    forget_letters(player)
    # An admin's notes on a player carry the name of that day.
    notes = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Player), object_id=str(player.pk))
    notes.update(object_repr=player.public_id)
    tidy_chats(player, last)
    tell(player, Kind.REMOVAL, chat_id=number, who=player.public_id, until=last)
    tell(player, Kind.FORGOTTEN, chat_id=number, language=language)
    return services.anonymise(player)


def leave_everything(player: Player) -> None:
    play.stop_practice(player)
    duel = Seat.objects.filter(player=player, state=Seat.State.DUEL).values_list("duel", flat=True).first()
    if duel is not None:
        play.withdraw(player)
    _ = leave_search(player) or leave_room(player)


def forget_letters(player: Player) -> None:
    """Which messages they became is known for a little longer: those are to be deleted first."""
    mail = Notice.objects.filter(player=player)
    # One that is on its way to Telegram at this moment is left to its sender, and deleted when it has arrived.
    mail.free().filter(status=Notice.Status.WAITING).update(status=Notice.Status.DROPPED)
    mail.update(params={}, error="", topic="")
    # Their numbers stay: the same update is not to be handled anew.
    Update.objects.filter(sender=player.telegram_id).exclude(sender=None).update(payload={}, error="", sender=None)


def tidy_chats(player: Player, last: int) -> None:
    """What opponents were sent lately shows the name, and results the face. Which messages, is found when it is their
    chat's turn: by then those on their way have arrived. What is told from now on knows no name any more, and stays.
    """
    since = timezone.now() - DELETABLE
    shared = Duel.objects.filter(entries__player=player, created__gte=since - DELETABLE)
    told = Notice.objects.filter(duel__in=shared, created__gte=since - DELETABLE).exclude(player=player)
    for other in Player.objects.filter(pk__in=told.values("player"), anonymised_at=None).order_by("pk"):
        tell(other, Kind.REMOVAL, who=player.public_id, until=last)
