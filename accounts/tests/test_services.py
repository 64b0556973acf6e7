import pytest
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.models import Block, Player
from accounts.refusals import Refusal, Refused
from accounts.services import Setting

pytestmark = pytest.mark.django_db
ANN = 5_123_456_789


@pytest.fixture
def ann() -> Player:
    return services.enter(ANN, "en")[0]


@pytest.fixture
def bob() -> Player:
    return services.enter(2, "ru-RU")[0]


def test_who_comes_for_the_first_time_gets_a_name_and_a_language(bob: Player) -> None:
    assert bob.name
    assert bob.language == "ru"
    assert services.enter(2, "en") == (bob, False)
    assert services.enter(3)[1] is True


@pytest.mark.parametrize(("code", "language"), [("ru", "ru"), ("EN-gb", "en"), ("de", "en"), ("", "en")])
def test_the_nearest_language_of_ours_is_spoken(code: str, language: str) -> None:
    assert services.spoken(code) == language


def test_nothing_is_agreed_to_beforehand_but_what_the_game_lives_on(ann: Player) -> None:
    assert (ann.photos_agreed_at, ann.sixteen_at) == (None, None)
    assert (ann.face_for_opponents_at, ann.face_for_public_at) == (None, None)
    assert ann.on_leaderboard_at
    assert ann.notifications_at


def test_consent_opens_the_game_and_keeps_its_date(ann: Player) -> None:
    with pytest.raises(Refused) as refused:
        services.must_be_able_to_play(ann)
    assert refused.value.reason == Refusal.CONSENT_NEEDED
    since = services.consent(ann).photos_agreed_at
    services.must_be_able_to_play(ann)
    assert services.consent(ann).photos_agreed_at == since
    services.withdraw_consent(ann)
    with pytest.raises(Refused):
        services.must_be_able_to_play(ann)


@pytest.mark.parametrize("setting", Setting)
def test_every_setting_is_switched(ann: Player, setting: Setting) -> None:
    for on in (True, False, True):
        services.change_setting(ann, setting, on)
        assert bool(getattr(Player.objects.get(), f"{setting}_at")) is on


def test_a_name_is_changed_and_kept_from_others(ann: Player, bob: Player) -> None:
    services.rename(ann, "  Смелый   Лис ")
    assert Player.objects.get(pk=ann.pk).name == "Смелый Лис"
    with pytest.raises(Refused) as refused:
        services.rename(bob, "смeлый лис")  # with a Latin e
    assert (refused.value.reason, refused.value.params) == (Refusal.NAME_TAKEN, {"name": "смeлый лис"})
    services.rename(ann, "Смелый ЛИС")


def test_an_unknown_language_is_refused(ann: Player) -> None:
    with pytest.raises(Refused) as refused:
        services.set_language(ann, "xx")
    assert refused.value.reason == Refusal.LANGUAGE_UNKNOWN
    assert services.set_language(ann, "ru").language == "ru"


def test_who_writes_again_is_reachable_again(ann: Player) -> None:
    services.lost(ann)
    services.lost(ann)
    assert Player.objects.get().unreachable_at
    assert services.enter(ANN)[0].unreachable_at is None


def test_a_change_does_not_write_back_what_was_read_long_ago(ann: Player) -> None:
    Player.objects.update(wins=3)
    services.set_language(ann, "ru")
    assert Player.objects.get().wins == 3


def test_nobody_blocks_themselves(ann: Player, bob: Player) -> None:
    services.block(ann, bob)
    services.block(ann, bob)
    assert Block.objects.count() == 1
    services.unblock(ann, bob)
    assert not Block.objects.exists()
    with pytest.raises(Refused) as refused:
        services.block(ann, ann)
    assert refused.value.reason == Refusal.BLOCKS_ONESELF


def test_the_gone_keep_nothing_that_tells_who_they_were(ann: Player, bob: Player) -> None:
    services.consent(ann)
    services.block(ann, bob)
    services.block(bob, ann)
    name, number = ann.name, ann.telegram_id
    services.anonymise(ann)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_player WHERE id = %s", [ann.pk])
        row = cursor.fetchone()
    assert not {name, number} & set(row)
    assert not Block.objects.exists()
    assert Player.objects.get(pk=ann.pk).anonymised_at


def test_the_gone_stay_gone(ann: Player) -> None:
    services.anonymise(ann)
    stale = Player(pk=ann.pk, photos_agreed_at=timezone.now(), sixteen_at=timezone.now())
    for step in (services.consent, services.anonymise, lambda player: services.rename(player, "Ann again")):
        with pytest.raises(Refused) as refused:
            step(stale)
        assert refused.value.reason == Refusal.GONE
    assert services.enter(ANN)[0] != ann
