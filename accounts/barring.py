"""A suspension outlasts an erasure: its mark waits without a name for whoever comes again."""

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Barred, Player


def digest_of(telegram_id: int) -> str:
    """Telegram ids are few enough to try them all: without our secret key it cannot be done."""
    return salted_hmac("accounts.barring", str(telegram_id), algorithm="sha256").hexdigest()


def remember(player: Player) -> None:
    if player.telegram_id is not None and player.suspended(timezone.now()):
        about = {"until": player.suspended_until, "reason": player.suspension_reason}
        Barred.objects.update_or_create(digest=digest_of(player.telegram_id), defaults=about)


def taken_over(telegram_id: int) -> dict[str, object]:
    """What a newcomer of that id brings along. From now on it stands on the player, where moderators can lift it."""
    found = Barred.objects.filter(digest=digest_of(telegram_id)).first()
    if found is None:
        return {}
    found.delete()
    if found.until <= timezone.now():
        return {}
    return {"suspended_until": found.until, "suspension_reason": found.reason}


def forget_ended(most: int) -> int:
    ended = list(Barred.objects.filter(until__lte=timezone.now()).values_list("pk", flat=True)[:most])
    return Barred.objects.filter(pk__in=ended).delete()[0] if ended else 0
