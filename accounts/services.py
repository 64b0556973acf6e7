"""What a person can do to their own account."""

from enum import StrEnum

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import barring, names
from accounts.models import Block, Browser, Player, SignInLink
from accounts.refusals import Refusal, Refused


class Setting(StrEnum):
    """Each is a Player's field, less its `_at`."""

    FACE_FOR_OPPONENTS = "face_for_opponents"
    FACE_FOR_PUBLIC = "face_for_public"
    ON_LEADERBOARD = "on_leaderboard"
    NOTIFICATIONS = "notifications"


def enter(telegram_id: int, language: str = "") -> tuple[Player, bool]:
    """The player behind this Telegram account, and whether they came for the first time."""
    player = Player.objects.filter(telegram_id=telegram_id).first()
    if player is None:
        return _created(telegram_id, spoken(language))
    if player.unreachable_at:  # whoever writes to the bot has let it in again
        player.unreachable_at = None
        player.save(update_fields=["unreachable_at"])
    return player, False


def _created(telegram_id: int, language: str) -> tuple[Player, bool]:
    for name in names.generated(language):
        try:
            with transaction.atomic():
                fields: dict[str, object] = {"name": name, "name_key": names.key(name), "language": language}
                fields |= barring.taken_over(telegram_id)
                return Player.objects.get_or_create(telegram_id=telegram_id, defaults=fields)
        except IntegrityError:  # the name is taken
            continue
    raise AssertionError("generated names never end")


def spoken(code: str) -> str:
    """The language of ours that is nearest to what Telegram says ("ru-RU")."""
    known = dict(settings.LANGUAGES)
    short = code.lower().split("-")[0]
    return next((each for each in (code.lower(), short) if each in known), settings.LANGUAGE_CODE)


def rename(player: Player, name: str) -> Player:
    return name_back(player, names.checked(name))


def rename_by_chance(player: Player) -> Player:
    """A made name in the place of one that cannot stay."""
    for name in names.generated(player.language):
        try:
            return name_back(player, name)
        except Refused as refused:
            if refused.reason is not Refusal.NAME_TAKEN:
                raise
    raise AssertionError("generated names never end")


def name_back(player: Player, name: str) -> Player:
    """One that needs no check: it is made by us, or was theirs before."""
    try:
        with transaction.atomic():
            return _changed(player, name=name, name_key=names.key(name))
    except IntegrityError:
        raise Refused(Refusal.NAME_TAKEN, name=name) from None


def set_language(player: Player, language: str) -> Player:
    if language not in dict(settings.LANGUAGES):
        raise Refused(Refusal.LANGUAGE_UNKNOWN, language=language)
    return _changed(player, language=language)


def consent(player: Player) -> Player:
    """To what happens to photos, and to being 16 or older: asked together, needed to play."""
    now = timezone.now()
    return _changed(player, photos_agreed_at=player.photos_agreed_at or now, sixteen_at=player.sixteen_at or now)


def withdraw_consent(player: Player) -> Player:
    return _changed(player, photos_agreed_at=None)


def change_setting(player: Player, setting: Setting, on: bool) -> Player:
    field = f"{setting}_at"
    since = getattr(player, field) or timezone.now()
    return _changed(player, **{field: since if on else None})


def must_be_able_to_play(player: Player) -> None:
    if player.anonymised_at:
        raise Refused(Refusal.GONE)
    if not (player.photos_agreed_at and player.sixteen_at):
        raise Refused(Refusal.CONSENT_NEEDED)
    if player.suspended(timezone.now()):
        raise Refused(Refusal.SUSPENDED, until=player.suspended_until, because=player.suspension_reason)


def block(player: Player, other: Player) -> None:
    if player.pk == other.pk:
        raise Refused(Refusal.BLOCKS_ONESELF)
    Block.objects.get_or_create(player=player, other=other)


def unblock(player: Player, other: Player) -> None:
    Block.objects.filter(player=player, other=other).delete()


def lost(player: Player) -> None:
    """Telegram says that messages reach this player no more."""
    Player.objects.filter(pk=player.pk, unreachable_at=None).update(unreachable_at=timezone.now())


@transaction.atomic
def anonymise(player: Player) -> Player:
    """The person goes; a mark without a name stays, so that opponents' histories and ratings still add up."""
    Block.objects.filter(player=player).delete()
    Block.objects.filter(other=player).delete()
    SignInLink.objects.filter(player=player).delete()
    close_browsers(player)
    barring.remember(player)
    return _changed(
        player,
        telegram_id=None,
        unreachable_at=None,
        name="",
        name_key=None,
        language=settings.LANGUAGE_CODE,
        anonymised_at=timezone.now(),
        photos_agreed_at=None,
        sixteen_at=None,
        face_for_opponents_at=None,
        face_for_public_at=None,
        on_leaderboard_at=None,
        notifications_at=None,
        signed_out_at=None,
        suspended_until=None,
        suspension_reason="",
    )


def close_browsers(player: Player) -> None:
    """Their sessions, wherever they are open."""
    browsers = Browser.objects.filter(player=player)
    Session.objects.filter(pk__in=list(browsers.values_list("session_key", flat=True))).delete()
    browsers.delete()


def _changed(player: Player, **fields: object) -> Player:
    """Writes these fields alone: the rest may have changed since the player was read. The gone stay gone."""
    with transaction.atomic():
        if not Player.objects.filter(pk=player.pk, anonymised_at=None).update(**fields):
            raise Refused(Refusal.GONE)
    for name, value in fields.items():
        setattr(player, name, value)
    return player
