"""The admin's door: password, second factor, lockout; and the command that makes who may pass it."""

import re
from base64 import b32decode
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from accounts.management.commands import create_admin
from accounts.second_factor import SecondFactor
from accounts.tests.staff import SECRET, StaffClient, digits, with_factor
from emotionduel.secret import random_key

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


def sign_in(code: str = "", password: str = PASSWORD, client: Client | None = None, passed: str = "") -> Any:
    client, headers = client or Client(), {"X-Forwarded-For": passed} if passed else {}
    fields = {"username": "boss", "password": password, "code": code, "next": "/admin/"}
    return client.post("/admin/login/", fields, headers=headers)


def inside(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def rested() -> None:
    """As long after the last wrong code as anybody has to wait."""
    SecondFactor.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(days=1))


def moved_on() -> None:
    """Later: the digits that were used may be used again."""
    SecondFactor.objects.update(last_step=-1)


# The second factor.


def test_password_and_digits_together_open_the_admin(boss: User) -> None:
    with_factor(boss)
    client = Client()
    assert not inside(client)
    assert sign_in(digits(), client=client).status_code == 302
    assert inside(client)
    assert SecondFactor.objects.get().used_at is not None


@pytest.mark.parametrize("code", ["", "000000", "12345", "x" * 64, "１２３４５６", "-1", "0" * 300])
def test_the_password_alone_opens_nothing(boss: User, code: str) -> None:
    with_factor(boss)
    client = Client()
    assert sign_in(code, client=client).status_code == 200
    assert not inside(client)


def test_an_administrator_without_a_second_factor_is_told_how_to_get_one(boss: User) -> None:
    client = Client()
    assert "manage.py create_admin boss" in sign_in("123456", client=client).content.decode()
    assert not inside(client)
    client.force_login(boss)  # as a session from before there was a second factor
    assert not inside(client)
    assert client.get("/admin/duels/duel/").status_code == 302
    assert "without a second factor nobody may" in client.get("/admin/login/?next=/admin/").content.decode()


def test_the_same_digits_let_in_once(boss: User) -> None:
    with_factor(boss)
    code = digits()
    assert sign_in(code).status_code == 302
    assert "has been used" in sign_in(code).content.decode()


def test_digits_from_before_the_last_ones_are_of_no_use(boss: User) -> None:
    with_factor(boss)
    before = f"{totp(SECRET, drift=-1):06}"
    assert sign_in(digits()).status_code == 302
    assert sign_in(before).status_code == 200


def test_clocks_may_differ_by_half_a_minute_and_no_more(boss: User) -> None:
    with_factor(boss)
    for drift, status in ((-1, 302), (1, 302), (3, 200), (-3, 200)):
        moved_on()
        rested()
        assert sign_in(f"{totp(SECRET, drift=drift):06}").status_code == status, drift


def test_a_backup_code_lets_in_once_however_it_is_written(boss: User) -> None:
    with_factor(boss, "abcdefghjk", "mnpqrstuvw")
    assert sign_in("ABCDE-fghjk").status_code == 302
    assert sign_in("abcde fghjk").status_code == 200
    rested()
    assert sign_in("mnpqr stuvw").status_code == 302
    assert SecondFactor.objects.get().backup == []


def test_wrong_codes_make_wait_ever_longer_the_right_one_too(boss: User) -> None:
    with_factor(boss)
    for wrong in range(3):
        SecondFactor.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))
        sign_in("000000", passed=f"192.0.2.{wrong}")
    answer = sign_in(digits())
    assert "Try the next one in" in answer.content.decode()
    rested()
    assert sign_in(digits()).status_code == 302
    assert SecondFactor.objects.get().throttling_failure_count == 0


def test_a_new_second_factor_ends_what_the_old_one_opened(boss: User) -> None:
    client = StaffClient()
    client.force_login(boss)
    assert inside(client)
    with_factor(boss)
    assert not inside(client)


def test_the_database_alone_gives_no_code_away(boss: User, settings: Any) -> None:
    with_factor(boss, "abcdefghjk")
    kept = SecondFactor.objects.values().get()
    assert SECRET not in bytes(kept["sealed"])
    assert "abcdefghjk" not in str(kept)
    settings.ENCRYPTION_KEYS = [random_key()]
    assert sign_in(digits()).status_code == 200
    rested()
    assert sign_in("abcdefghjk").status_code == 302


def test_a_new_encryption_key_before_the_old_one_changes_nothing(boss: User, settings: Any) -> None:
    with_factor(boss)
    settings.ENCRYPTION_KEYS = [random_key(), *settings.ENCRYPTION_KEYS]
    assert sign_in(digits()).status_code == 302


def test_who_is_no_staff_gets_in_by_no_code() -> None:
    with_factor(User.objects.create_user("boss", password=PASSWORD))
    assert sign_in(digits()).status_code == 200


# The lockout.


def test_five_wrong_passwords_or_codes_lock_an_address_out_and_no_other(boss: User) -> None:
    with_factor(boss)
    for wrong in range(4):
        rested()
        sign_in(*(("000000",) if wrong % 2 else (digits(), "wrong")))
    answer = sign_in(password="wrong")
    assert answer.status_code == 429
    assert "Try again in 15 min." in answer.content.decode()
    assert "axes_reset" in answer.content.decode()
    rested()
    assert sign_in(digits()).status_code == 429
    assert sign_in(digits(), passed="192.0.2.9").status_code == 302


def test_the_lockout_goes_by_the_address_that_our_own_proxy_saw(boss: User) -> None:
    for number in range(5):
        answer = sign_in(password="wrong", passed=f"10.0.0.{number}, 192.0.2.1")
    assert answer.status_code == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"192.0.2.1"}


@pytest.mark.parametrize("passed", ["not an address", "192.0.2.1:443", "::ffff:192.0.2.1", "[2001:db8::1]", "\u20ac"])
def test_an_odd_address_breaks_nothing(boss: User, passed: str) -> None:
    assert sign_in(password="wrong", passed=passed).status_code == 200


def test_a_household_of_ipv6_is_one_address(boss: User) -> None:
    for number in range(5):
        answer = sign_in(password="wrong", passed=f"2001:db8:1:2::{number}")
    assert answer.status_code == 429


def test_knocking_on_makes_the_lockout_no_longer_and_it_leaves_no_trace(boss: User) -> None:
    with_factor(boss)
    for _ in range(6):
        answer = sign_in(password="wrong")
    assert answer.status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(digits()).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_no_password_or_code_is_kept_with_the_attempt(boss: User) -> None:
    sign_in("246810", password="a secret of mine")
    kept = str(AccessAttempt.objects.values().get())
    assert "a secret of mine" not in kept
    assert "246810" not in kept


# The command.


def made(*args: str) -> tuple[str, list[str], str]:
    """What it wrote, the backup codes in it, and the authenticator's digits."""
    out = StringIO()
    call_command("create_admin", *args, stdout=out)
    text = out.getvalue()
    address = next(line for line in text.splitlines() if line.startswith("otpauth://totp/"))
    asked = parse_qs(urlsplit(address).query)
    assert (asked["digits"], asked["period"], asked["issuer"]) == (["6"], ["30"], ["EmotionDuel"])
    key = b32decode(asked["secret"][0])
    return text, re.findall(r"^  (\w{5} \w{5})$", text, re.MULTILINE), f"{totp(key):06}"


def test_an_administrator_is_made_unattended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    text, codes, code = made("boss", "--unattended")
    assert PASSWORD not in text
    assert len(codes) == 10
    assert list(User.objects.get().groups.values_list("name", flat=True)) == ["Administrators"]
    assert sign_in(code).status_code == 302
    assert sign_in(codes[3]).status_code == 302


def test_unattended_a_password_is_needed_and_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for password, words in (("", "ADMIN_PASSWORD"), ("password1234", "common"), ("short", "short")):
        monkeypatch.setenv("ADMIN_PASSWORD", password)
        with pytest.raises(CommandError, match=words):
            made("boss", "--unattended")
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="valid username"):
        made("two words", "--unattended")
    assert not User.objects.exists()


def test_a_lost_second_factor_is_replaced_on_demand_alone(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    made("boss", "--unattended")
    with pytest.raises(CommandError, match="--again"):
        made("boss", "--unattended")
    code = made("boss", "--unattended", "--again")[2]
    assert sign_in(code).status_code == 302
    assert User.objects.count() == 1


class Terminal:
    """A person before it, who reads the address and types these answers, "code" for what their authenticator shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.out, self.answers = StringIO(), list(answers)
        monkeypatch.setattr(create_admin, "getpass", self.answer)
        monkeypatch.setattr("builtins.input", self.answer)

    def answer(self, question: str) -> str:
        said = self.answers.pop(0)
        if said != "code":
            return said
        address = next(line for line in self.out.getvalue().splitlines() if line.startswith("otpauth:"))
        return f"{totp(b32decode(parse_qs(urlsplit(address).query)['secret'][0])):06}"


def test_a_moderator_is_made_who_may_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    made("mod", "--unattended", "--moderator")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert [group.name for group in user.groups.all()] == ["Moderators"]
    assert SecondFactor.objects.get().user == user


def test_who_may_more_keeps_that(monkeypatch: pytest.MonkeyPatch, boss: User) -> None:
    made("boss", "--unattended", "--moderator")
    boss.refresh_from_db()
    assert boss.is_superuser


def test_an_administrator_is_made_in_a_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, PASSWORD, "mistyped", PASSWORD, PASSWORD, "000000", "code")
    call_command("create_admin", "boss", stdout=terminal.out)
    assert "▀" in terminal.out.getvalue()
    assert "not the same" in terminal.out.getvalue()
    assert "not the ones" in terminal.out.getvalue()
    assert SecondFactor.objects.get().user.username == "boss"


def test_who_cannot_show_a_code_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, PASSWORD, PASSWORD, *["000000"] * 5)
    with pytest.raises(CommandError, match="Nothing was made"):
        call_command("create_admin", "boss", stdout=terminal.out)
    assert not User.objects.exists()
