"""What people write, press and send, and what comes of it."""

from typing import Any

import pytest

from accounts import signin
from accounts.models import Player, SignInLink
from duels import lobby
from duels.models import Entry, Notice, Report, Room, Seat
from duels.notices import Kind
from duels.telegram import dispatch
from duels.telegram.tests.letters import (
    PHOTO,
    USER,
    answers,
    buttons,
    message,
    player_of,
    presses,
    read,
    says,
    sends,
    user,
)
from duels.tests.world import entry_of, played, random_duel, reread, room_duel, shows, told, where

pytestmark = pytest.mark.django_db


def test_start_greets_in_the_persons_language_and_asks_for_consent() -> None:
    says(USER, "/start", "ru")
    assert "В игре тебя зовут" in read(USER).text
    assert player_of().name in read(USER).text
    assert buttons(read(USER))[:2] == ["consent", "another"]


def test_consent_is_given_once_then_faces_are_asked_about(prompt: Any) -> None:
    says(USER, "/start")
    presses(USER, "consent")
    assert player_of().photos_agreed_at
    assert answers(USER) == ["welcome", "faces"]
    assert player_of().face_for_opponents_at is None
    presses(USER, "faces:1")
    assert player_of().face_for_opponents_at
    assert "duel" in buttons(read(USER))


@pytest.mark.parametrize("text", ["/duel", "/practice", "/room", "/join ABCDEF"])
def test_nothing_is_played_without_consent(prompt: Any, text: str) -> None:
    says(USER, text)
    assert answers(USER) == ["welcome"]
    assert not Seat.objects.exists()


def test_a_rooms_link_leads_into_the_room_once_consent_is_given(ann: Player) -> None:
    room = lobby.open_room(ann, size=3)
    says(USER, f"/start room_{room.code}")
    assert buttons(read(USER))[0] == f"consent:{room.code}"
    presses(USER, f"consent:{room.code}")
    assert Seat.objects.get(player=player_of()).room == room


def test_a_rooms_code_outlives_another_name_and_another_language(ann: Player) -> None:
    room = lobby.open_room(ann, size=3)
    says(USER, f"/start room_{room.code}")
    presses(USER, f"another:{room.code}")
    presses(USER, f"language:ru:{room.code}")
    assert "В игре тебя зовут" in read(USER).text
    presses(USER, buttons(read(USER))[0])
    assert Seat.objects.get(player=player_of()).room == room


@pytest.mark.parametrize("text", ["/join " + 16 * "🎭", "/start room_a:b:c:d", "/join " + 4096 * "x"])
def test_whatever_calls_itself_a_code_fits_into_a_button(text: str) -> None:
    says(USER, text)
    assert "What happens to your photo" in read(USER).text or "Which room?" in read(USER).text


@pytest.mark.parametrize("text", ["/join {code}", "/start room_{code}", "{code}", "{lower}", "/join@some_bot {code}"])
def test_a_code_is_understood_however_it_is_sent(ann: Player, bob: Player, text: str) -> None:
    room = lobby.open_room(ann, size=3)
    says(bob, text.format(code=room.code, lower=room.code.lower()))
    assert where(bob) == "room"


def test_another_name_is_proposed_until_one_pleases() -> None:
    says(USER, "/start")
    before = player_of().name
    presses(USER, "another")
    assert player_of().name != before
    assert player_of().name in read(USER).text


def test_a_name_is_written_or_chosen(ann: Player) -> None:
    says(ann, "/name  Annie  Hall ")
    assert reread(ann).name == "Annie Hall"
    says(ann, "/name")
    proposed = buttons(read(ann))[0]
    presses(ann, proposed)
    assert reread(ann).name == proposed.removeprefix("name:")


def test_two_searchers_meet(ann: Player, bob: Player) -> None:
    says(ann, "/duel")
    presses(bob, "duel")
    lobby.pair_waiting()
    assert told(ann)[-2:] == [Kind.PROMPT, Kind.SEARCH_OVER]
    assert where(bob) == "duel"


def test_whose_photo_is_in_cannot_cancel_the_duel(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    shows(ann, duel, 80)
    says(ann, "/cancel")
    assert "no way back" in read(ann).text


def test_cancelling_a_duel_is_asked_about_first(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    says(ann, "/cancel")
    assert where(ann) == "duel"
    presses(ann, buttons(read(ann))[0])
    assert entry_of(ann, duel).status == Entry.Status.LEFT
    assert Kind.OPPONENT_LEFT in told(bob)


def test_an_old_question_gives_no_new_duel_up(ann: Player, bob: Player) -> None:
    old = played(ann, 80, bob, 40)
    room_duel(ann, bob)
    presses(ann, f"give_up:{old.public_id}")
    assert where(ann) == "duel"
    assert read(ann).text


def test_a_photo_is_taken_at_its_largest_with_telegrams_date(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    sent = message(ann.telegram_id or 0, **PHOTO)
    dispatch.dispatch({"message": sent})
    entry = entry_of(ann, duel)
    assert (entry.file_id, entry.file_unique_id, entry.media) == ("large", "l", "photo")
    assert entry.sent_at
    assert entry.sent_at.timestamp() == sent["date"]


def test_a_forwarded_photo_is_marked(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    sends(ann, PHOTO, forward_origin={"type": "hidden_user", "date": 0, "sender_user_name": "Somebody"})
    assert entry_of(ann, duel).forwarded


def test_of_an_album_the_first_counts(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    for name in ("one", "two", "three"):
        sizes = [{"file_id": name, "file_unique_id": name, "width": 9, "height": 9}]
        sends(ann, {"photo": sizes, "media_group_id": "album"})
    assert entry_of(ann, duel).file_id == "one"
    assert told(ann).count(Kind.PHOTO_RECEIVED) == 1


@pytest.mark.parametrize(
    ("body", "media"),
    [
        ({"document": {"file_id": "f", "file_unique_id": "u", "mime_type": "image/png"}}, "file"),
        ({"video_note": {"file_id": "f", "file_unique_id": "u", "length": 240, "duration": 3}}, "video_note"),
    ],
)
def test_pictures_as_files_and_video_notes_are_taken(ann: Player, bob: Player, body: Any, media: str) -> None:
    duel = random_duel(ann, bob)
    sends(ann, body)
    assert (entry_of(ann, duel).file_id, entry_of(ann, duel).media) == ("f", media)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"document": {"file_id": "f", "file_unique_id": "u", "mime_type": "image/heic"}}, "HEIC"),
        ({"document": {"file_id": "f", "file_unique_id": "u", "file_name": "A.HEIC"}}, "HEIC"),
        ({"document": {"file_id": "f", "file_unique_id": "u", "mime_type": "text/plain"}}, "isn't a picture"),
        ({"document": {"file_id": "f", "file_unique_id": "u", "mime_type": "image/png", "file_size": 3e7}}, "20 MB"),
        ({"video": {"file_id": "f", "file_unique_id": "u"}}, "video note"),
        ({"sticker": {"file_id": "f", "file_unique_id": "u"}}, "own face"),
        ({"animation": {"file_id": "f"}, "document": {"file_id": "f"}}, "own face"),
        ({"voice": {"file_id": "f", "file_unique_id": "u"}}, "a photo"),
        ({"location": {"latitude": 1, "longitude": 2}}, "only understand"),
    ],
)
def test_what_cannot_be_judged_is_answered_usefully(ann: Player, bob: Player, body: Any, words: str) -> None:
    duel = random_duel(ann, bob)
    sends(ann, body)
    assert words in read(ann).text
    assert entry_of(ann, duel).status == Entry.Status.AWAITED


def test_a_photo_without_a_duel_is_shown_the_way(ann: Player) -> None:
    sends(ann, PHOTO)
    assert "duel" in buttons(read(ann))


def test_an_edited_photo_does_not_count(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    dispatch.dispatch({"edited_message": message(ann.telegram_id or 0, **PHOTO)})
    assert entry_of(ann, duel).status == Entry.Status.AWAITED
    assert answers(ann) == ["edited"]


def test_in_a_group_there_is_a_link_to_the_private_chat_alone(ann: Player) -> None:
    group = {"id": -100123, "type": "supergroup", "title": "Friends"}
    for text in ("/duel@emotion_duel_test_bot", "hello", "/other_bots_command"):
        dispatch.dispatch({"message": message(ann.telegram_id or 0, text=text) | {"chat": group}})
    [notice] = Notice.objects.filter(player=ann)
    assert notice.chat_id == -100123
    assert buttons(read(ann)) == ["https://t.me/emotion_duel_test_bot?start=group"]
    assert where(ann) == ""


def membership(player: Player, status: str) -> Any:
    change = {"chat": {"id": player.telegram_id, "type": "private"}, "from": user(player.telegram_id or 0)}
    return {"my_chat_member": change | {"new_chat_member": {"status": status}}}


def test_who_blocks_the_bot_is_gone_until_they_let_it_in_again(ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    dispatch.dispatch(membership(ann, "kicked"))
    dispatch.dispatch(membership(ann, "kicked"))
    assert reread(ann).unreachable_at
    assert told(bob).count(Kind.OPPONENT_UNREACHABLE) == 1
    dispatch.dispatch(membership(ann, "member"))
    assert reread(ann).unreachable_at is None


@pytest.mark.parametrize(
    "data", ["", "nonsense", "rematch", "set:mu:1", "history:upwards", "top:", "reported:x:y:z", "history:newest:one"]
)
def test_old_and_forged_buttons_do_no_harm(ann: Player, data: str) -> None:
    presses(ann, data)
    assert where(ann) == ""


def test_a_strangers_duel_is_not_to_be_had(ann: Player, bob: Player, cat: Player) -> None:
    duel = played(ann, 80, bob, 40)
    for verb in ("rematch", "report"):
        presses(cat, f"{verb}:{duel.public_id}")
        assert "isn't your duel" in read(cat).text
    presses(cat, f"reported:{duel.public_id}:{ann.public_id}:offensive")
    presses(ann, f"block:{duel.public_id}:{cat.public_id}")
    assert not Report.objects.exists()
    assert not ann.blocks.exists()


def test_settings_are_switched_in_place(ann: Player) -> None:
    says(ann, "/settings")
    presses(ann, "set:notifications:0", on=55)
    assert reread(ann).notifications_at is None
    assert Notice.objects.filter(player=ann).last().params["about"] == {"edit": 55}  # type: ignore[union-attr]
    assert "set:notifications:1" in buttons(read(ann))


def test_the_language_changes_at_once(ann: Player) -> None:
    presses(ann, "language:ru")
    assert "сыграем" in read(ann).text
    says(ann, "/language xx")
    assert "не говорю" in read(ann).text


def test_a_rooms_owner_switches_the_rating_off(ann: Player) -> None:
    says(ann, "/room 3")
    presses(ann, "rated:0")
    assert not Room.objects.get().rated
    assert "rated:1" in buttons(read(ann))


@pytest.mark.parametrize("size", ["1", "5", "many", "22", "²"])
def test_a_room_of_odd_size_is_refused(ann: Player, size: str) -> None:
    says(ann, f"/room {size}")
    assert "2 to 4" in read(ann).text


def test_delete_me_asks_once_and_then_forgets(ann: Player) -> None:
    number = ann.telegram_id or 0
    says(ann, "/delete_me")
    assert reread(ann).telegram_id == number
    presses(ann, "delete:yes")
    assert reread(ann).telegram_id is None
    assert told(ann)[-1] == Kind.FORGOTTEN


@pytest.mark.parametrize(
    "text",
    ["/me", "/history", "/history best", "/top", "/help", "/about", "/privacy", "/settings", "/language", "/join", "?"],
)
def test_every_question_has_an_answer(ann: Player, text: str) -> None:
    says(ann, text)
    assert read(ann).text


def test_without_an_address_web_says_that_there_is_none(ann: Player) -> None:
    says(ann, "/web")
    assert "no page on the web" in read(ann).text
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize("base", ["http://duel.example.org", "https://duel.example.org"])
def test_web_gives_a_link_that_lets_its_player_in(ann: Player, settings: Any, base: str) -> None:
    settings.BASE_URL = base
    says(ann, "/web")
    link, *app = buttons(read(ann))
    assert app == ([f"{base}/web-app/"] if base.startswith("https") else [])
    token = link.removeprefix(f"{base}/signin/").removesuffix("/")
    assert signin.use_link(token) == ann
    assert token not in str(Notice.objects.filter(player=ann).values())


def test_on_ones_own_machine_the_link_is_text(ann: Player, settings: Any) -> None:
    """Telegram refuses a button that leads to localhost."""
    settings.BASE_URL = "http://localhost:8000"
    says(ann, "/web")
    assert "<code>http://localhost:8000/signin/" in read(ann).text
    assert buttons(read(ann)) == []


def test_where_botfather_knows_the_site_telegram_signs_people_in(ann: Player, settings: Any) -> None:
    settings.BASE_URL, settings.TELEGRAM_LOGIN = "https://duel.example.org", True
    says(ann, "/web")
    base = settings.BASE_URL
    assert buttons(read(ann)) == [f"{base}/signin/telegram/", f"{base}/web-app/"]
    assert not SignInLink.objects.exists()


def test_bots_and_channels_are_not_heard() -> None:
    dispatch.dispatch({"message": message(text="/start") | {"from": user() | {"is_bot": True}}})
    dispatch.dispatch({"channel_post": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "/start"}})
    dispatch.dispatch({"poll": {}})
    assert not Player.objects.exists()
