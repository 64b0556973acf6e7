"""What staff need beside their password: six digits of an authenticator, or one of ten backup codes."""

import logging
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from emotionduel.encryption import NotOurs, seal, unseal
from emotionduel.secret import derived_secret

log = logging.getLogger(__name__)

SECRET_BYTES, DIGITS, STEP = 20, 6, 30  # what every authenticator knows
TOLERANCE = 1  # steps by which clocks may differ
BACKUP_CODES, BACKUP_LENGTH = 10, 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class SecondFactor(ThrottlingMixin, Device):
    """Whoever has a copy of the database alone can use neither the secret nor the codes."""

    sealed = models.BinaryField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)  # of the last code that let somebody in
    backup = models.JSONField(default=list, editable=False)  # keyed hashes of the codes that are left
    created = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="second_factor_once")]

    def __str__(self) -> str:
        return f"second factor of {self.user}"

    def verify_token(self, token: str) -> bool:
        """Each code once. The row is to be locked: of two who come together with one code, one is too late."""
        if not self.verify_is_allowed()[0]:
            return False
        if right := self.use_digits(plain(token)) or self.use_backup(plain(token)):
            self.throttle_reset(commit=False)
        else:
            self.throttle_increment(commit=False)
        self.save()
        return right

    def use_digits(self, code: str) -> bool:
        step = step_of(self.secret(), code, self.last_step)
        if step is None:
            return False
        self.last_step = step
        return True

    def use_backup(self, code: str) -> bool:
        if digest_of(code) not in self.backup:
            return False
        self.backup = [each for each in self.backup if each != digest_of(code)]
        return True

    def secret(self) -> bytes:
        try:
            return unseal(self.sealed)
        except NotOurs:
            log.error("The key of %s is not in ENCRYPTION_KEYS any more: backup codes alone let them in", self)
            return b""

    def get_throttle_factor(self) -> int:
        """One second after the first wrong code, then twice as long each time."""
        return 1

    def waits_until(self) -> datetime | None:
        allowed, why = self.verify_is_allowed()
        return None if allowed else why["locked_until"]


def plain(code: str) -> str:
    """As people write them down: in groups, in capitals."""
    return "".join(letter for letter in code.lower() if letter.isascii() and letter.isalnum())[:64]


def step_of(secret: bytes, code: str, after: int = -1) -> int | None:
    """The moment, in steps of half a minute, that this code belongs to."""
    if not secret or len(code) != DIGITS or not code.isdecimal():
        return None
    clock = TOTP(secret, STEP, digits=DIGITS)
    return clock.t() if clock.verify(int(code), TOLERANCE, after + 1) else None


def digest_of(code: str) -> str:
    return derived_secret(settings.SECRET_KEY, f"backup code {code}")


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def new_backup_codes() -> list[str]:
    return ["".join(secrets.choice(LETTERS) for _ in range(BACKUP_LENGTH)) for _ in range(BACKUP_CODES)]


def address_of(secret: bytes, name: str) -> str:
    """What a QR code tells an authenticator."""
    key = b32encode(secret).decode()
    asked = urlencode({"secret": key, "issuer": "EmotionDuel", "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/{quote(f'EmotionDuel:{name}')}?{asked}"


@transaction.atomic
def enrol(user: User, secret: bytes, codes: list[str]) -> SecondFactor:
    """In the place of an older one: sessions that it let in are over."""
    SecondFactor.objects.filter(user=user).delete()
    digests = [digest_of(code) for code in codes]
    return SecondFactor.objects.create(user=user, name="authenticator", sealed=seal(secret), backup=digests)


@transaction.atomic
def verified(user: User, code: str) -> SecondFactor | None:
    factor = SecondFactor.objects.filter(user=user).select_for_update().first()
    if factor is None or not factor.verify_token(code):
        return None
    SecondFactor.objects.filter(pk=factor.pk).update(used_at=timezone.now())
    return factor
