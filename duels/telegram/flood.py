"""Of who sends too much at once everything is stored, and nothing answered but one word."""

from datetime import timedelta

from accounts.models import Player
from accounts.refusals import Refused
from duels import notices
from duels.models import Notice, Update
from duels.refusals import Refusal
from duels.rules import fairness

MINUTE = timedelta(minutes=1)
TOPIC = "too_fast"


def lets_pass(update: Update) -> bool:
    if update.sender is None or "my_chat_member" in update.payload:  # Telegram's own word
        return True
    minute = Update.objects.filter(sender=update.sender, received_at__gt=update.received_at - MINUTE)
    if not fairness.is_flood(minute.filter(update_id__lt=update.update_id).count()):
        return True
    tell_once(update)
    return False


def tell_once(update: Update) -> None:
    player = Player.objects.filter(telegram_id=update.sender).first()
    if player is None:
        return
    lately = Notice.objects.filter(player=player, topic=TOPIC, created__gt=update.received_at - MINUTE)
    if not lately.exists():
        notices.refuse(player, Refused(Refusal.TOO_FAST), topic=TOPIC)
