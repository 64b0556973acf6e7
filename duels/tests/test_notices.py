import pytest
from django.utils import timezone

from accounts.models import Player
from accounts.refusals import Refusal, Refused
from duels.models import Notice
from duels.notices import OPTIONAL, PARAMS, Kind, answer, refuse, tell


def test_every_kind_says_what_it_carries() -> None:
    assert PARAMS.keys() == set(Kind)
    assert set(Kind) > OPTIONAL


def test_a_notice_carries_what_its_kind_does(ann: Player) -> None:
    with pytest.raises(AssertionError):
        tell(ann, Kind.ROOM_CLOSED)
    with pytest.raises(AssertionError):
        tell(ann, Kind.CANCELLED, code="ABCDEF")


def test_a_refusal_is_told_with_all_it_says(ann: Player) -> None:
    until = timezone.now()
    refuse(ann, Refused(Refusal.SUSPENDED, until=until, because="screens"))
    about = Notice.objects.get().params["about"]
    assert Notice.objects.get().params["reason"] == "suspended"
    assert (about["because"], about["until"][:19]) == ("screens", until.isoformat()[:19])


def test_an_answer_is_found_when_it_is_sent(ann: Player) -> None:
    answer(ann, "history", topic="history-1", page=2)
    notice = Notice.objects.get()
    assert (notice.topic, notice.params) == ("history-1", {"answer": "history", "about": {"page": 2}})


def test_who_is_not_on_telegram_is_told_nothing_there(ann: Player) -> None:
    ann.telegram_id = None
    assert tell(ann, Kind.CANCELLED) is None


def test_a_notice_can_go_to_another_chat(ann: Player) -> None:
    ann.telegram_id = None
    notice = tell(ann, Kind.CANCELLED, chat_id=-100)
    assert notice is not None
    assert notice.chat_id == -100
