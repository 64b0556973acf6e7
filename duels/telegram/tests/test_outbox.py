"""The sender against a Bot API server on loopback, which refuses what Telegram would."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import Player
from duels import erasure, lobby, notices
from duels.models import Duel, Notice
from duels.notices import Kind
from duels.telegram import bot, files, outbox, setup
from duels.telegram.answers import Answer
from duels.tests.world import entry_of, played, random_duel, reread, told
from scoring import PhotoError
from tests.botapi import BotApi, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "READ_SECONDS", 0.5)


def ask(player: Player, *names: Answer) -> list[Notice]:
    return [told for name in names if (told := notices.answer(player, name))]


def go_on() -> None:
    """The pause is over."""
    Notice.objects.update(lease_until=None)


def as_it_is(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def test_notices_go_out_in_their_order(ann: Player, hers: Person, api: BotApi) -> None:
    ask(ann, Answer.HELP, Answer.ABOUT, Answer.MENU)
    assert outbox.send_notices(ann.pk) == 3
    heard = [shown.text.split()[0] for shown in hers.messages if not shown.text.startswith("/")]
    assert heard == ["❓", "🎭", "🎭"]
    assert api.refusals == []
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}


def test_too_many_requests_wait_as_long_as_telegram_says(ann: Player, hers: Person, api: BotApi) -> None:
    first, second = ask(ann, Answer.HELP, Answer.ABOUT)
    api.fail("sendMessage", code=429, retry_after=70)
    assert outbox.send_notices(ann.pk) == 0
    until = as_it_is(first).lease_until
    assert until
    assert timedelta(seconds=50) < until - timezone.now() < timedelta(seconds=71)
    assert outbox.send_notices(ann.pk) == 0, "the second does not overtake the first"
    go_on()
    assert outbox.send_notices(ann.pk) == 2
    assert not as_it_is(first).repeated
    assert as_it_is(second).status == "sent"


@pytest.mark.parametrize("fault", [{"code": 500}, {"code": 502, "garbled": True}])
def test_a_server_that_fails_is_asked_again(ann: Player, hers: Person, api: BotApi, fault: Any) -> None:
    [notice] = ask(ann, Answer.HELP)
    api.fail("sendMessage", **fault)
    outbox.send_notices(ann.pk)
    assert as_it_is(notice).status == "waiting"
    go_on()
    outbox.send_notices(ann.pk)
    assert (as_it_is(notice).status, as_it_is(notice).repeated) == ("sent", False)


@pytest.mark.parametrize("fault", [{"silent": True, "done": True}, {"slow": 1.5}])
def test_silence_is_tried_again_and_counted(ann: Player, hers: Person, api: BotApi, fault: Any) -> None:
    [notice] = ask(ann, Answer.HELP)
    api.fail("sendMessage", **fault)
    outbox.send_notices(ann.pk)
    go_on()
    outbox.send_notices(ann.pk)
    assert (as_it_is(notice).status, as_it_is(notice).repeated) == ("sent", True)


def test_a_sender_that_died_in_the_middle_is_counted_too(ann: Player, hers: Person) -> None:
    [notice] = ask(ann, Answer.HELP)
    assert outbox.claimed(ann.pk)
    go_on()
    outbox.send_notices(ann.pk)
    assert (as_it_is(notice).status, as_it_is(notice).repeated) == ("sent", True)


def test_a_server_that_cannot_be_reached_repeats_nothing(ann: Player, hers: Person, settings: Any) -> None:
    [notice] = ask(ann, Answer.HELP)
    there, settings.TELEGRAM_API_URL = settings.TELEGRAM_API_URL, "http://127.0.0.1:9"
    outbox.send_notices(ann.pk)
    settings.TELEGRAM_API_URL = there
    go_on()
    outbox.send_notices(ann.pk)
    assert (as_it_is(notice).status, as_it_is(notice).repeated) == ("sent", False)


def test_who_has_blocked_the_bot_is_marked_and_the_opponent_told(
    ann: Player, bob: Player, hers: Person, api: BotApi
) -> None:
    random_duel(ann, bob)
    api.fail(chat=hers.id, code=403, times=-1)
    outbox.send_notices(ann.pk)
    assert reread(ann).unreachable_at
    assert told(bob).count(Kind.OPPONENT_UNREACHABLE) == 1
    assert set(Notice.objects.filter(player=ann).values_list("status", flat=True)) == {"dropped"}
    assert len(api.faults[0].met) == 1, "nobody is called who cannot be reached"


def test_what_telegram_refuses_is_set_aside_and_the_next_goes_out(ann: Player, hers: Person, api: BotApi) -> None:
    first, second = ask(ann, Answer.HELP, Answer.ABOUT)
    api.fail("sendMessage", code=400, description="Bad Request: can't parse entities")
    outbox.send_notices(ann.pk)
    assert (as_it_is(first).status, as_it_is(second).status) == ("failed", "sent")
    assert "parse entities" in as_it_is(first).error


def test_the_clock_starts_when_the_last_prompt_is_there(ann: Player, bob: Player, hers: Person, his: Person) -> None:
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    lobby.pair_waiting()
    outbox.send_notices(ann.pk)
    assert Duel.objects.get().status == "dealt"
    outbox.send_notices(bob.pk)
    assert Duel.objects.get().status == "open"


def test_a_search_is_one_message_and_ends_without_a_button(ann: Player, bob: Player, hers: Person, api: BotApi) -> None:
    lobby.find_opponent(ann)
    outbox.send_notices(ann.pk)
    lobby.find_opponent(bob)
    lobby.pair_waiting()
    outbox.send_notices(ann.pk)
    search = next(shown for shown in hers.messages if shown.edited)
    assert search.buttons == []
    assert len(api.called("sendMessage", hers.id)) == 2, "the search, and the prompt"
    assert api.refusals == []


def test_a_search_that_ended_before_it_was_told_of_is_not_told_of(ann: Player, bob: Player, hers: Person) -> None:
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    lobby.pair_waiting()
    outbox.send_notices(ann.pk)
    statuses = Notice.objects.filter(player=ann).order_by("id").values_list("kind", "status")
    assert dict(statuses) == {"search_waiting": "dropped", "prompt": "sent", "search_over": "dropped"}


def test_ready_is_a_new_message_for_an_edited_one_makes_no_sound(ann: Player, hers: Person, api: BotApi) -> None:
    seat = lobby.find_opponent(ann)
    outbox.send_notices(ann.pk)
    notices.tell(ann, Kind.SEARCH_READY, topic=f"search-{seat.pk}", seconds=30)
    outbox.send_notices(ann.pk)
    assert len(api.called("sendMessage", hers.id)) == 2
    assert len(api.called("deleteMessage", hers.id)) == 1
    assert "ready" in hers.last.buttons[0]


def test_a_press_changes_the_message_that_was_pressed(ann: Player, hers: Person, api: BotApi) -> None:
    ask(ann, Answer.SETTINGS)
    outbox.send_notices(ann.pk)
    notices.answer(ann, Answer.SETTINGS, edit=hers.last.id)
    outbox.send_notices(ann.pk)
    assert len(api.called("sendMessage", hers.id)) == 1, "reading the same, it counts as changed"
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}
    notices.answer(ann, Answer.SETTINGS, edit=424242)
    outbox.send_notices(ann.pk)
    assert len(api.called("sendMessage", hers.id)) == 2, "that message is gone: a new one instead"


def test_what_fails_with_one_player_keeps_nobody_else_waiting(
    ann: Player, bob: Player, hers: Person, his: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = outbox.claimed

    def fails_with_ann(player: int) -> Notice | None:
        if player == ann.pk:
            raise ValueError
        return claimed(player)

    monkeypatch.setattr(outbox, "claimed", fails_with_ann)
    notices.tell_all([ann, bob], Kind.ROOM_CLOSED, code="HAPPY1")
    assert outbox.send_notices(ann.pk, bob.pk) == 1
    assert "HAPPY1" in his.last.text


def test_news_of_a_duel_that_is_over_are_not_sent(ann: Player, bob: Player, hers: Person) -> None:
    played(ann, 80, bob, 40)
    outbox.send_notices(ann.pk)
    sent = Notice.objects.filter(player=ann, status="sent").values_list("kind", flat=True)
    assert list(sent) == [Kind.RESULT]


def test_a_group_that_has_moved_is_followed(ann: Player, api: BotApi, hers: Person) -> None:
    about: dict[str, Any] = {"answer": Answer.GROUP, "about": {}}
    notice = notices.tell(ann, Kind.ANSWER, chat_id=hers.id + 1, **about)
    assert notice
    api.fail(chat=hers.id + 1, code=400, migrate_to=hers.id)
    outbox.send_notices(ann.pk)
    assert (as_it_is(notice).status, as_it_is(notice).chat_id) == ("sent", hers.id)


def test_a_bug_in_the_words_holds_nobody_up_for_ever(ann: Player, hers: Person) -> None:
    broken, fine = ask(ann, Answer.REASONS, Answer.HELP)
    for _ in range(outbox.TRIES):
        go_on()
        outbox.send_notices(ann.pk)
    assert (as_it_is(broken).status, as_it_is(fine).status) == ("failed", "sent")


@pytest.mark.parametrize("blocked", [False, True])
def test_of_one_who_has_gone_no_number_is_kept(ann: Player, hers: Person, blocked: bool) -> None:
    if blocked:
        hers.blocks_bot()
    erasure.forget(ann)
    outbox.send_notices(ann.pk)
    for notice in Notice.objects.filter(player=ann, kind__in=outbox.LAST_WORDS):
        assert notice.status == ("dropped" if blocked and notice.kind == Kind.FORGOTTEN else "sent")
        assert (notice.chat_id, notice.message_id, notice.params, notice.error) == (None, None, {}, "")


def test_after_a_day_it_is_given_up(ann: Player, hers: Person, api: BotApi) -> None:
    [notice] = ask(ann, Answer.HELP)
    Notice.objects.update(created=timezone.now() - timedelta(hours=25))
    api.fail("sendMessage", code=500)
    outbox.send_notices(ann.pk)
    assert as_it_is(notice).status == "failed"


def test_without_a_token_notices_wait(ann: Player, hers: Person, settings: Any) -> None:
    [notice] = ask(ann, Answer.HELP)
    settings.TELEGRAM_BOT_TOKEN = ""
    outbox.send_notices(ann.pk)
    assert as_it_is(notice).status == "waiting"


def test_photos_come_in_the_entries_order_whatever_becomes_of_one(
    ann: Player, bob: Player, hers: Person, api: BotApi
) -> None:
    duel = random_duel(ann, bob)
    entries = [entry_of(ann, duel), entry_of(bob, duel), entry_of(bob, duel)]
    entries[0].file_id = hers.file(b"a picture")["file_id"]
    entries[1].file_id = hers.file(b"x" * 20_000_001)["file_id"]
    entries[2].file_id = "nonsense"
    first, large, unknown = files.fetch_photos(entries)
    assert first == b"a picture"
    assert isinstance(large, PhotoError)
    assert isinstance(unknown, bot.BotError)


def test_no_error_shows_the_token(api: BotApi, settings: Any) -> None:
    for fault in ({"code": 500}, {"silent": True}, {"code": 502, "garbled": True}, {"slow": 1.0}):
        api.fail("sendMessage", **fault)
        with pytest.raises(bot.BotError) as found:
            bot.send(1, "hello")
        shown = (
            repr(found.value) + str(found.value) + str(found.value.__cause__) + str(found.value.__suppress_context__)
        )
        assert settings.TELEGRAM_BOT_TOKEN not in shown
        assert found.value.__suppress_context__


@pytest.mark.parametrize("login", [False, True])
def test_telegram_takes_every_way_into_the_site(hers: Person, ann: Player, settings: Any, login: bool) -> None:
    settings.BASE_URL, settings.TELEGRAM_LOGIN = "https://duel.example.org", login
    notices.answer(ann, Answer.WEB)
    outbox.send_notices(ann.pk)
    [[way], [app]] = hers.last.rows
    assert ("login_url" if login else "url") in way
    assert app["web_app"] == {"url": "https://duel.example.org/web-app/"}


def test_beside_the_field_to_write_in_lies_ones_own_page_where_there_is_https(api: BotApi, settings: Any) -> None:
    settings.BASE_URL = "https://duel.example.org"
    setup.show_menu_button()
    assert api.setup.menus[0]["web_app"] == {"url": "https://duel.example.org/web-app/"}
    settings.BASE_URL = "http://duel.example.org"
    setup.show_menu_button()
    assert api.setup.menus[0] == {"type": "default"}


@pytest.mark.django_db(transaction=True)  # connections are closed
def test_what_telegram_has_is_written_down_when_the_database_is_back(
    ann: Player, hers: Person, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, failures = outbox.sent, iter([OperationalError, InterfaceError])

    def sent(notice: Notice, message: int) -> bool:
        if failure := next(failures, None):
            raise failure
        return write(notice, message)

    monkeypatch.setattr(outbox, "sent", sent)
    [notice] = ask(ann, Answer.HELP)
    assert outbox.send_notices(ann.pk) == 1
    assert (as_it_is(notice).status, len(api.called("sendMessage", hers.id))) == ("sent", 1)
