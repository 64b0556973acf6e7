import pytest

from accounts import services
from accounts.models import Player
from accounts.refusals import Refused
from duels import lobby
from duels.models import Duel, Room
from duels.notices import Kind
from duels.refusals import Refusal
from duels.rooms import CODE_LETTERS, set_rated
from duels.tests.world import expire_room, last_told, newcomer, played, room_duel, told, where


def refusal(step: object, *args: object, **named: object) -> str:
    with pytest.raises(Refused) as refused:
        step(*args, **named)  # type: ignore[operator]
    return str(refused.value.reason)


def test_a_code_has_six_letters_without_look_alikes(ann: Player) -> None:
    code = lobby.open_room(ann).code
    assert len(code) == 6
    assert set(code) <= set(CODE_LETTERS)
    assert not set("0O1IlB8S5Z2G6") & set(CODE_LETTERS)


def test_a_room_of_two_starts_itself(ann: Player, bob: Player) -> None:
    room = lobby.open_room(ann)
    lobby.join_room(bob, f" {room.code.lower()} ")
    duel = Duel.objects.get()
    assert (duel.origin, duel.room, duel.listed) == ("room", room, False)
    assert told(ann) == [Kind.ROOM_OPENED, Kind.PROMPT]
    assert told(bob) == [Kind.PROMPT]
    assert Room.objects.get().status == "started"


def test_a_room_of_four_starts_with_the_fourth(ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    room = lobby.open_room(ann, size=4)
    lobby.join_room(bob, room.code)
    lobby.join_room(cat, room.code)
    assert not Duel.objects.exists()
    news = last_told(ann, Kind.ROOM_JOINED).params
    assert (news["who"], news["inside"], news["size"], news["owner"]) == (cat.public_id, 3, 4, ann.public_id)
    lobby.join_room(dan, room.code)
    assert Duel.objects.get().entries.count() == 4
    assert refusal(lobby.join_room, newcomer(), room.code) == Refusal.ROOM_UNKNOWN


def test_the_owner_may_start_once_two_are_in(ann: Player, bob: Player) -> None:
    room = lobby.open_room(ann, size=3)
    assert refusal(lobby.start_room, ann) == Refusal.ROOM_TOO_EMPTY
    lobby.join_room(bob, room.code)
    assert refusal(lobby.start_room, bob) == Refusal.ROOM_NOT_YOURS
    assert lobby.start_room(ann).entries.count() == 2
    assert refusal(lobby.start_room, ann) == Refusal.ROOM_UNKNOWN


@pytest.mark.parametrize("size", [0, 1, 5])
def test_rooms_are_for_two_to_four(ann: Player, size: int) -> None:
    assert refusal(lobby.open_room, ann, size) == Refusal.ROOM_SIZE


def test_an_unknown_code_and_ones_own_are_refused(ann: Player) -> None:
    room = lobby.open_room(ann)
    assert refusal(lobby.join_room, ann, "ZZZZZZ") == Refusal.ROOM_UNKNOWN
    assert refusal(lobby.join_room, ann, room.code) == Refusal.ALREADY_IN_ROOM


def test_who_is_elsewhere_cannot_enter(ann: Player, bob: Player, cat: Player) -> None:
    room_duel(ann, bob)
    room = lobby.open_room(cat)
    assert refusal(lobby.join_room, ann, room.code) == Refusal.BUSY


def test_a_search_ends_with_entering_a_room(ann: Player, bob: Player) -> None:
    lobby.find_opponent(bob)
    lobby.join_room(bob, lobby.open_room(ann, size=3).code)
    assert where(bob) == "room"
    assert told(bob) == [Kind.SEARCH_WAITING, Kind.SEARCH_CANCELLED, Kind.ROOM_JOINED]


def test_a_guest_leaves_and_all_are_told(ann: Player, bob: Player) -> None:
    room = lobby.open_room(ann, size=3)
    lobby.join_room(bob, room.code)
    lobby.leave(bob)
    assert told(ann)[-1] == told(bob)[-1] == Kind.ROOM_LEFT
    assert (where(ann), where(bob)) == ("room", "")


def test_with_its_owner_the_room_goes(ann: Player, bob: Player) -> None:
    lobby.join_room(bob, lobby.open_room(ann, size=3).code)
    lobby.leave(ann)
    assert told(ann)[-1] == told(bob)[-1] == Kind.ROOM_CLOSED
    assert (where(ann), where(bob)) == ("", "")


def test_a_room_expires_and_all_are_told(ann: Player, bob: Player) -> None:
    room = lobby.open_room(ann, size=3)
    lobby.join_room(bob, room.code)
    assert lobby.expire_rooms() == 0
    expire_room(room)
    assert refusal(lobby.join_room, newcomer(), room.code) == Refusal.ROOM_UNKNOWN
    assert lobby.expire_rooms() == 1
    assert told(ann)[-1] == told(bob)[-1] == Kind.ROOM_EXPIRED
    assert where(ann) == where(bob) == ""


def test_the_owner_may_switch_the_rating_off_while_it_is_open(ann: Player, bob: Player) -> None:
    room = lobby.open_room(ann)
    assert set_rated(ann, False).rated is False
    lobby.join_room(bob, room.code)
    assert Duel.objects.get().rated is False
    assert refusal(set_rated, ann, True) == Refusal.ROOM_UNKNOWN


def test_a_guest_may_not(ann: Player, bob: Player) -> None:
    lobby.join_room(bob, lobby.open_room(ann, size=3).code)
    assert refusal(set_rated, bob, False) == Refusal.ROOM_NOT_YOURS


class TestARematch:
    @pytest.fixture
    def duel(self, ann: Player, bob: Player) -> Duel:
        return played(ann, 80, bob, 40)

    def test_is_offered_by_the_first_and_begun_by_the_second(self, duel: Duel, ann: Player, bob: Player) -> None:
        lobby.rematch(ann, duel)
        assert last_told(bob, Kind.REMATCH_OFFERED).params["who"] == ann.public_id
        lobby.rematch(bob, duel)
        assert Duel.objects.count() == 2
        assert told(ann)[-1] == told(bob)[-1] == Kind.PROMPT

    def test_may_also_be_entered_by_its_code(self, duel: Duel, ann: Player, bob: Player) -> None:
        lobby.join_room(bob, lobby.rematch(ann, duel).code)
        assert Duel.objects.count() == 2

    def test_pressed_twice_is_one_room(self, duel: Duel, ann: Player) -> None:
        lobby.rematch(ann, duel)
        assert refusal(lobby.rematch, ann, duel) == Refusal.ALREADY_IN_ROOM
        assert Room.objects.count() == 1

    def test_is_for_its_players_alone(self, duel: Duel, cat: Player) -> None:
        assert refusal(lobby.rematch, cat, duel) == Refusal.NOT_YOUR_DUEL

    def test_comes_after_the_duel(self, ann: Player, bob: Player) -> None:
        assert refusal(lobby.rematch, ann, room_duel(ann, bob)) == Refusal.DUEL_NOT_OVER

    def test_with_who_has_gone_is_none(self, duel: Duel, ann: Player, bob: Player) -> None:
        services.anonymise(bob)
        assert refusal(lobby.rematch, ann, duel) == Refusal.OPPONENT_GONE

    def test_does_not_tell_of_a_block(self, duel: Duel, ann: Player, bob: Player) -> None:
        services.block(bob, ann)
        assert refusal(lobby.rematch, ann, duel) == Refusal.OPPONENT_GONE

    def test_is_not_offered_to_who_wants_no_notifications(self, duel: Duel, ann: Player, bob: Player) -> None:
        services.change_setting(bob, services.Setting.NOTIFICATIONS, False)
        lobby.rematch(ann, duel)
        assert Kind.REMATCH_OFFERED not in told(bob)
