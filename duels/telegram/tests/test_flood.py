import pytest

from duels.models import Notice, Update
from duels.notices import Kind
from duels.rules import fairness
from duels.telegram import door, inbox
from duels.telegram.tests.letters import answers, message

pytestmark = pytest.mark.django_db
FEW = 5


@pytest.fixture(autouse=True)
def _soon_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "UPDATES_A_MINUTE", FEW)


def arrive(numbers: range, sender: int = 1) -> None:
    for number in numbers:
        door.store({"update_id": number, "message": message(sender, text="/help")})
    inbox.handle_updates()


def words(sender: int = 1) -> list[str]:
    found = Notice.objects.filter(player__telegram_id=sender, kind=Kind.REFUSED)
    return [notice.params["reason"] for notice in found]


def test_a_flood_is_stored_and_answered_with_one_word() -> None:
    arrive(range(1, 31))
    assert Update.objects.filter(status="done").count() == 30
    assert answers(1) == ["help"] * FEW
    assert words() == ["too_fast"]


def test_others_are_heard_meanwhile() -> None:
    arrive(range(1, 20))
    arrive(range(20, 23), sender=2)
    assert answers(2) == ["help"] * 3


def test_after_a_minute_the_bot_listens_again() -> None:
    arrive(range(1, 20))
    for update in Update.objects.all():
        Update.objects.filter(pk=update.pk).update(received_at=update.received_at.replace(year=2020))
    arrive(range(20, 22))
    assert answers(1) == ["help"] * (FEW + 2)


def test_a_block_is_heard_in_any_flood() -> None:
    arrive(range(1, 20))
    left = {
        "chat": {"id": 1, "type": "private"},
        "from": {"id": 1, "is_bot": False, "first_name": "Ann"},
        "new_chat_member": {"status": "kicked"},
    }
    door.store({"update_id": 99, "my_chat_member": left})
    inbox.handle_updates()
    assert Notice.objects.filter(player__unreachable_at__isnull=False).exists()
