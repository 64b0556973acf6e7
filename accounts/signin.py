"""Proof that a browser belongs to a player: a link of the bot's, or what Telegram has signed with the bot's token.

Tokens and hashes have 256 bits: nobody guesses one.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, digest
from urllib.parse import parse_qsl

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Player, SignInLink
from accounts.refusals import Refused

LINK_SECONDS = 600
LOGIN_SECONDS = 600  # it travels in an address, and addresses are written down
INIT_DATA_SECONDS = 3600  # it does not; a Mini App may be loaded anew a while after it was opened
PASS_SECONDS = 3600
AHEAD_SECONDS = 60  # clocks differ
MOST_FIELDS = 50
PER_MINUTE = 60  # knocks of one address: it spares the database; guessing is hopeless with or without it

Fields = dict[str, str]


class Why(StrEnum):
    """What a proof lacks, beside the reasons of refusals.py."""

    LINK = "link"  # used up, too old, or never there: which of them is nobody's business
    FORGED = "forged"
    OLD = "old"
    UNKNOWN = "unknown"  # Telegram vouches for a person who does not play here


def explain(refused: Refused) -> str:
    return {
        Why.LINK: _("This link has been used, or is too old."),
        Why.FORGED: _("This does not come from Telegram as it stands."),
        Why.OLD: _("This proof of who you are is too old."),
        Why.UNKNOWN: _("You don't play here yet."),
    }[Why(refused.reason)]


# A link.


def make_link(player: Player) -> str:
    """The token, which is kept nowhere. Who makes one clears away those that are too old."""
    now, token = timezone.now(), secrets.token_urlsafe(32)
    SignInLink.objects.filter(expires_at__lte=now).delete()
    expires = now + timedelta(seconds=LINK_SECONDS)
    SignInLink.objects.create(player=player, digest=digest_of(token), created=now, expires_at=expires)
    return token


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def owner(token: str) -> Player:
    """Leaves the link as it is: previews and virus scanners open links, too."""
    links = SignInLink.objects.filter(digest=digest_of(token), expires_at__gt=timezone.now())
    link = links.select_related("player").first()
    if link is None or not link.player.trusts(link.created):
        raise Refused(Why.LINK)
    return link.player


def use_link(token: str) -> Player:
    """Once: of two who open it together one finds it gone."""
    player = owner(token)
    if not SignInLink.objects.filter(digest=digest_of(token)).delete()[0]:
        raise Refused(Why.LINK)
    return player


# What Telegram signs.


def by_login(fields: Iterable[tuple[str, str]]) -> Player:
    """The query of an address that a login_url button has opened."""
    found = signed(fields, sha256(settings.TELEGRAM_BOT_TOKEN.encode()).digest())
    return vouched_for(found.get("id", ""), found, LOGIN_SECONDS)


def by_init_data(text: str) -> Player:
    """What a Mini App is given in its address's fragment."""
    key = digest(b"WebAppData", settings.TELEGRAM_BOT_TOKEN.encode(), sha256)
    try:
        fields = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
        found = signed(fields, key)
        number = json.loads(found["user"])["id"]
    except (ValueError, KeyError, TypeError):
        raise Refused(Why.FORGED) from None
    return vouched_for(number, found, INIT_DATA_SECONDS)


def signed(fields: Iterable[tuple[str, str]], key: bytes) -> Fields:
    fields = list(fields)
    found = dict(fields)
    given = found.pop("hash", "")
    lines = [f"{name}={value}" for name, value in sorted(found.items())]
    right = digest(key, "\n".join(lines).encode(errors="replace"), sha256).hex()
    # Two fields of one name, or a line's end within one: what was signed could be read in two ways.
    clear = len(found) + 1 == len(fields) and not any("\n" in line for line in lines)
    # Without a token anybody knows the key.
    if (
        not settings.TELEGRAM_BOT_TOKEN
        or not clear
        or not compare_digest(given.encode(errors="replace"), right.encode())
    ):
        raise Refused(Why.FORGED)
    return found


def vouched_for(number: object, fields: Fields, seconds: int) -> Player:
    try:
        telegram_id, since = int(str(number)), datetime.fromtimestamp(int(fields["auth_date"]), UTC)
    except (ValueError, KeyError, OverflowError, OSError):
        raise Refused(Why.FORGED) from None
    age = timezone.now() - since
    if not timedelta(seconds=-AHEAD_SECONDS) <= age <= timedelta(seconds=seconds):
        raise Refused(Why.OLD)
    player = Player.objects.filter(telegram_id=telegram_id).first()
    if player is None:
        raise Refused(Why.UNKNOWN)
    return trusted(player, since)


def trusted(player: Player | None, since: datetime) -> Player:
    if player is None or not player.trusts(since):
        raise Refused(Why.OLD)
    return player


# A Mini App's pass: it lies in the frame's page alone, for an hour.


def make_pass(player: Player) -> str:
    return signing.dumps([player.public_id, timezone.now().timestamp()], salt="web-app")


def by_pass(text: str) -> Player:
    try:
        public_id, since = signing.loads(text, salt="web-app", max_age=PASS_SECONDS)
    except signing.BadSignature:
        raise Refused(Why.OLD) from None
    return trusted(Player.objects.filter(public_id=public_id).first(), datetime.fromtimestamp(since, UTC))


def end_everywhere(player: Player) -> None:
    """Every session, pass, link and signature from before this moment is over."""
    Player.objects.filter(pk=player.pk, anonymised_at=None).update(signed_out_at=timezone.now())
