import secrets
from datetime import UTC, datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.second_factor import SecondFactor as SecondFactor

# Whoever has played: before that nobody has a place. Queries say it in these very words, or no index helps them.
PLAYED = models.Q(wins__gt=0) | models.Q(losses__gt=0) | models.Q(draws__gt=0)
SHOWN = models.Q(on_leaderboard_at__isnull=False)
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)  # until when somebody is suspended who will not come back
ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def public_id() -> str:
    """Says nothing of how many there are, and is read aloud without mistakes."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(12))


class Player(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    # Null once the person has gone, and for whoever never came by Telegram.
    telegram_id = models.BigIntegerField(null=True, blank=True, unique=True)
    unreachable_at = models.DateTimeField(null=True, blank=True)  # blocked the bot
    name = models.CharField(max_length=24, blank=True)
    name_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 (unique, so null)
    language = models.CharField(max_length=10, default="en")
    created = models.DateTimeField(default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Each holds since when it is so; null is no.
    photos_agreed_at = models.DateTimeField(null=True, blank=True)
    sixteen_at = models.DateTimeField(null=True, blank=True)
    face_for_opponents_at = models.DateTimeField(null=True, blank=True)
    face_for_public_at = models.DateTimeField(null=True, blank=True)
    on_leaderboard_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    notifications_at = models.DateTimeField(null=True, blank=True, default=timezone.now)

    signed_out_at = models.DateTimeField(null=True, blank=True, editable=False)  # everywhere: older sessions are over

    suspended_until = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=200, blank=True)

    # Below: what the player's duels add up to. `manage.py replay_ratings` rebuilds it from them.
    mu = models.FloatField(default=25.0, editable=False)
    sigma = models.FloatField(default=25.0 / 3, editable=False)
    ranked = models.BooleanField(default=False, editable=False)  # sigma small enough: a place without "?"
    wins = models.PositiveIntegerField(default=0, editable=False)
    losses = models.PositiveIntegerField(default=0, editable=False)
    draws = models.PositiveIntegerField(default=0, editable=False)
    streak = models.IntegerField(default=0, editable=False)  # above zero wins, below it losses
    best_streak = models.PositiveIntegerField(default=0, editable=False)
    worst_streak = models.IntegerField(default=0, editable=False)
    last = models.CharField(
        max_length=5, blank=True, editable=False
    )  # "wld": how the last duels ended, the newest first
    faces = models.PositiveIntegerField(default=0, editable=False)  # judged in finished duels
    match_sum = models.FloatField(default=0.0, editable=False)
    expressive = models.FloatField(null=True, editable=False)  # mean match, once there are enough faces

    blocked = models.ManyToManyField("self", through="Block", symmetrical=False, related_name="blocked_by")

    class Meta:
        # Read backwards, the best first. All in one direction: then a page begins anywhere in them at once.
        indexes = [
            models.Index(fields=["ranked", "mu", "id"], name="player_by_rating", condition=SHOWN & PLAYED),
            models.Index(
                fields=["language", "ranked", "mu", "id"], name="player_by_language", condition=SHOWN & PLAYED
            ),
            models.Index(
                fields=["expressive", "id"],
                name="player_by_expressive",
                condition=SHOWN & models.Q(expressive__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def duels(self) -> int:
        return self.wins + self.losses + self.draws

    def suspended(self, now: datetime) -> bool:
        return self.suspended_until is not None and now < self.suspended_until

    def trusts(self, since: datetime) -> bool:
        """A browser that proved at that moment whose it is; not after its player signed out everywhere, or went."""
        return self.anonymised_at is None and (self.signed_out_at is None or since > self.signed_out_at)


class SignInLink(models.Model):
    """One-time. The token lies in the player's message alone; random as it is, a plain hash of it tells nothing."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="signin_links")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.player} until {self.expires_at}"


class Browser(models.Model):
    """A session that a player has signed in with: so that it can be found, and goes with them."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="browsers")
    session_key = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.player} since {self.since}"


class Barred(models.Model):
    """Who was suspended and has gone: a keyed hash of the Telegram id, while the suspension lasts and no longer. Nobody
    gets round it by coming again, and nobody can read from it who it was.
    """

    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(_("until"), db_index=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suspension of somebody who has gone")
        verbose_name_plural = _("suspensions of those who have gone")

    def __str__(self) -> str:
        return f"until {self.until}"


class Block(models.Model):
    """The first never meets the second in a search again, nor the other way round."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="blocks")
    other = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["player", "other"], name="block_once"),
            models.CheckConstraint(condition=~models.Q(player=models.F("other")), name="block_another"),
        ]

    def __str__(self) -> str:
        return f"{self.player} blocks {self.other}"
