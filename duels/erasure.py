"""A person goes, everywhere: what remains is a nameless mark, so that opponents' duels and ratings still add up."""

from django.db import transaction

from accounts import services
from accounts.models import Player
from duels import play
from duels.appearance import noticed
from duels.models import Entry, EntryHash, ModerationAct, Notice, Seat, Update
from duels.notices import Kind, tell
from duels.rooms import leave_room
from duels.search import leave_search

# All that describes the person or leads to a picture; the score stays, the duel is decided by it.
TRACES = {
    "file_id": "",
    "file_unique_id": "",
    "album": "",
    "content_hash": "",
    "picture_hash": "",
    "forwarded": False,
    "copy_of": None,
    "screen": None,
    "held": "",
    "frame_ms": None,
    "box": None,
    "tilt": None,
    "shares": None,
    "valence": None,
    "arousal": None,
}


@noticed
@transaction.atomic
def forget(player: Player) -> Player:
    leave_everything(player)
    Entry.objects.filter(player=player).update(**TRACES)
    ModerationAct.objects.filter(player=player).update(why="", undone_why="")
    EntryHash.objects.filter(entry__player=player).delete()
    mail = Notice.objects.filter(player=player)
    mail.filter(status=Notice.Status.WAITING).update(status=Notice.Status.DROPPED)
    mail.update(params={}, message_id=None, chat_id=None, error="", topic="")
    # Their numbers stay: the same update is not to be handled anew.
    Update.objects.filter(sender=player.telegram_id).exclude(sender=None).update(payload={}, error="", sender=None)
    tell(player, Kind.FORGOTTEN, chat_id=player.telegram_id, language=player.language)
    return services.anonymise(player)


def leave_everything(player: Player) -> None:
    play.stop_practice(player)
    duel = Seat.objects.filter(player=player, state=Seat.State.DUEL).values_list("duel", flat=True).first()
    if duel is not None:
        play.withdraw(player)
    _ = leave_search(player) or leave_room(player)
