"""A double that is kinder than Telegram would prove nothing."""

import json
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from telebot.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaPhoto

from tests.botapi import BotApi, Group, Person
from tests.botapi.client import FACE, Bot, ask, button, heard, refusal
from tests.faces import draw_face, photo_bytes

# How calls come in.


def test_a_call_may_come_in_a_query_a_form_or_json(api: BotApi, ann: Person) -> None:
    params = {"chat_id": ann.id, "text": "hello"}
    markup = {"inline_keyboard": [[{"text": "Press", "callback_data": "go"}]]}
    form = urlencode(params | {"reply_markup": json.dumps(markup)})
    assert ask(api, "sendMessage", query=form)["ok"]
    assert ask(api, "SENDMESSAGE", form.encode(), "application/x-www-form-urlencoded")["ok"]
    assert ask(api, "sendMessage", json.dumps(params | {"reply_markup": markup}).encode(), "application/json")["ok"]
    assert [str(shown) for shown in ann.messages] == ["hello [Press]"] * 3


def test_a_long_text_fits_in_a_query(bot: Bot, ann: Person) -> None:
    bot.send_message(ann.id, "я" * 4096)
    assert len(ann.last.text) == 4096


def test_a_wrong_token_and_an_unknown_method_are_refused(api: BotApi) -> None:
    with pytest.raises(HTTPError, match="401"):
        urlopen(f"{api.url}/bot1:wrong/getMe")  # noqa: S310
    assert ask(api, "sendMassage")["error_code"] == 404
    assert ask(api, "sendMessage", b"{", "application/json")["error_code"] == 400


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": "hi", "chatid": 1}, "unknown field chatid"),
        ({"text": "hi"}, "field chat_id"),
        ({"chat_id": 1}, "field text"),
        ({"chat_id": 1, "text": "hi", "disable_notification": "perhaps"}, "disable_notification"),
        ({"chat_id": 1, "text": "hi", "reply_markup": {"inline_keyboard": [[{"txt": "a"}]]}}, "reply_markup"),
        ({"chat_id": 1, "text": "hi", "reply_markup": {"inline_keyboard": [[{"text": "a", "color": 1}]]}}, "color"),
    ],
)
def test_what_aiograms_types_do_not_know_is_refused(api: BotApi, params: dict[str, Any], words: str) -> None:
    answer = ask(api, "sendMessage", json.dumps(params).encode(), "application/json")
    assert (answer["error_code"], words in answer["description"]) == (400, True), answer
    assert len(api.refusals) == 1


# What Telegram refuses.


def test_texts_have_a_length(bot: Bot, ann: Person) -> None:
    assert refusal(bot.send_message, ann.id, "a" * 4097) == "Bad Request: message is too long"
    assert refusal(bot.send_message, ann.id, "  \n ") == "Bad Request: message text is empty"
    bot.send_message(ann.id, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")


def test_a_caption_is_measured_without_its_marks(bot: Bot, ann: Person) -> None:
    bot.send_photo(ann.id, FACE, caption="<i>" + "a" * 1024 + "</i>", parse_mode="HTML")
    long = refusal(bot.send_photo, ann.id, FACE, caption="a" * 1025)
    assert long == "Bad Request: message caption is too long"


@pytest.mark.parametrize("text", ["1 < 2", "<p>a</p>", "<b>a", "a</b>", "<b><i>a</b></i>"])
def test_broken_html_is_refused(bot: Bot, ann: Person, text: str) -> None:
    assert "can't parse entities" in refusal(bot.send_message, ann.id, text, parse_mode="HTML")


def test_html_becomes_entities(bot: Bot, ann: Person) -> None:
    bot.send_message(ann.id, " 😀<b>a &lt;<i>b</i></b> &amp; <a href='https://a.org/'>c</a> ", parse_mode="HTML")
    assert ann.last.text == "😀a <b & c"
    assert ann.last.json["entities"] == [
        {"type": "bold", "offset": 2, "length": 4},
        {"type": "italic", "offset": 5, "length": 1},
        {"type": "text_link", "offset": 9, "length": 1, "url": "https://a.org/"},
    ]


def test_buttons_have_rules(bot: Bot, ann: Person) -> None:
    bot.send_message(ann.id, "a", reply_markup=button(callback_data="ж" * 32))
    for wrong in (
        button(callback_data="ж" * 32 + "a"),
        button(),
        button(callback_data="a", url="https://a.org/"),
        button(url="http://localhost:8000/duels/"),
        button(url="javascript:alert()"),
    ):
        refusal(bot.send_message, ann.id, "a", reply_markup=wrong)
    nine = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")] * 9])
    assert refusal(bot.send_message, ann.id, "a", reply_markup=nine) == "Bad Request: reply markup is too long"
    assert len(ann.messages) == 1


def test_only_a_known_person_who_has_written_can_be_written_to(api: BotApi, bot: Bot, ann: Person) -> None:
    assert refusal(bot.send_message, 42, "a") == "Bad Request: chat not found"
    silent = Person(api, "Silent")
    assert refusal(bot.send_message, silent.id, "a") == "Forbidden: bot can't initiate conversation with a user"
    ann.blocks_bot()
    assert refusal(bot.send_message, ann.id, "a") == "Forbidden: bot was blocked by the user"
    ann.types("/start")
    bot.send_message(ann.id, "a")


def test_an_edit_must_change_something(bot: Bot, ann: Person) -> None:
    sent = bot.send_message(ann.id, "a", reply_markup=button(callback_data="a"))
    same = refusal(bot.edit_message_text, "a", ann.id, sent.message_id, reply_markup=button(callback_data="a"))
    assert same.startswith("Bad Request: message is not modified")
    bot.edit_message_text("a", ann.id, sent.message_id)
    assert ann.last.buttons == []
    bot.edit_message_text("b", ann.id, sent.message_id)
    assert (ann.last.text, ann.last.edited, len(ann.messages)) == ("b", True, 1)


def test_what_cannot_be_edited(bot: Bot, ann: Person) -> None:
    picture = bot.send_photo(ann.id, FACE, caption="a")
    bot.edit_message_caption("b", ann.id, picture.message_id)
    assert (ann.last.text, bool(ann.last.photo)) == ("b", True)
    assert "no text" in refusal(bot.edit_message_text, "b", ann.id, picture.message_id)
    assert "not found" in refusal(bot.edit_message_text, "b", ann.id, 10**9)
    hers = next(iter(ann.chat.messages))
    assert refusal(bot.edit_message_text, "b", ann.id, hers) == "Bad Request: message can't be edited"
    bot.delete_message(ann.id, picture.message_id)
    assert "not found" in refusal(bot.edit_message_caption, "c", ann.id, picture.message_id)
    assert ann.messages == []


def test_text_may_become_a_picture(bot: Bot, ann: Person) -> None:
    sent = bot.send_message(ann.id, "a")
    bot.edit_message_media(InputMediaPhoto(InputFile(BytesIO(FACE)), caption="b"), ann.id, sent.message_id)
    assert (ann.last.text, bool(ann.last.photo)) == ("b", True)


def test_commands_have_rules_and_languages(api: BotApi, bot: Bot) -> None:
    bot.set_my_commands([BotCommand("duel", "Find an opponent")])
    bot.set_my_commands([BotCommand("duel", "Найти соперника")], language_code="ru")
    assert bot.get_my_commands(None, "ru")[0].description == "Найти соперника"
    assert bot.get_my_commands(None, None)[0].description == "Find an opponent"
    assert refusal(bot.set_my_commands, [BotCommand("Duel", "a")]) == "Bad Request: BOT_COMMAND_INVALID"
    refusal(bot.set_my_commands, [BotCommand("duel", "a" * 257)])
    refusal(bot.set_my_short_description, "a" * 121)
    bot.set_my_short_description("A game of faces", language_code="en")
    assert bot.get_my_short_description("en").short_description == "A game of faces"


# Files.


def test_a_photo_comes_in_sizes_and_can_be_fetched(api: BotApi, bot: Bot, ann: Person) -> None:
    ann.sends_photo(photo_bytes(draw_face(0, "anger", (1600, 1200))))
    sizes = heard(bot)[-1].message.photo
    assert [(size.width, size.height) for size in sizes] == [(90, 68), (320, 240), (800, 600), (1280, 960)]
    found = bot.get_file(sizes[-1].file_id)
    assert bot.download_file(found.file_path).startswith(b"\xff\xd8")
    assert found.file_unique_id == sizes[-1].file_unique_id


def test_a_photo_is_sent_again_by_its_file_id(bot: Bot, ann: Person) -> None:
    first = bot.send_photo(ann.id, FACE)
    again = bot.send_photo(ann.id, first.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    assert "wrong" in refusal(bot.send_photo, ann.id, "AgACnobody")


def test_twenty_megabytes_can_be_fetched_and_no_more(bot: Bot, ann: Person) -> None:
    for size in (20_000_000, 20_000_001):
        ann.sends_file(bytes(size), "big.bin", "application/octet-stream")
    fits, big = (update.message.document.file_id for update in heard(bot)[-2:])
    assert len(bot.download_file(bot.get_file(fits).file_path)) == 20_000_000
    assert refusal(bot.get_file, big) == "Bad Request: file is too big"


def test_a_picture_must_be_one(bot: Bot, ann: Person) -> None:
    assert refusal(bot.send_photo, ann.id, b"no picture") == "Bad Request: IMAGE_PROCESS_FAILED"


# Persons.


def test_a_person_presses_a_button_by_its_words(api: BotApi, bot: Bot, ann: Person) -> None:
    bot.send_message(ann.id, "Duel?", reply_markup=button(callback_data="yes"))
    ann.presses("press")
    query = heard(bot)[-1].callback_query
    assert (query.data, query.message.text, query.from_user.id) == ("yes", "Duel?", ann.id)
    bot.answer_callback_query(query.id, "Heard")
    assert ann.toast() == "Heard"
    assert "query is too old" in refusal(bot.answer_callback_query, query.id)


def test_everything_a_person_sends_is_as_telegram_would_send_it(bot: Bot, ann: Person) -> None:
    first = ann.sends_album([FACE, FACE])[0]
    ann.sends_video_note(b"film")
    ann.sends_sticker()
    ann.sends_file(FACE, date=1000.0)
    one, other, note, sticker, file = [update.message for update in heard(bot, first)]
    assert one.media_group_id == other.media_group_id is not None
    assert (note.video_note.duration, sticker.sticker.type, file.document.mime_type) == (3, "regular", "image/jpeg")
    assert file.date == 1000


def test_a_deep_link_starts_the_bot(api: BotApi, bot: Bot) -> None:
    eve = Person(api, "Eve", language="ru")
    eve.opens(f"https://t.me/{api.username}?start=room_ABC234")
    message = heard(bot)[-1].message
    assert (message.text, message.from_user.language_code) == ("/start room_ABC234", "ru")
    assert message.entities[0].length == len("/start")


def test_in_a_group_a_bot_hears_commands_and_replies_alone(api: BotApi, bot: Bot, ann: Person) -> None:
    group = Group(api)
    assert ann.types("good morning", chat=group.chat) is None
    assert ann.types("/duel@some_other_bot", chat=group.chat) is None
    assert ann.types("/duel", chat=group.chat) is not None
    bot.send_message(group.id, "Send your photo")
    assert ann.sends_photo(FACE, chat=group.chat, reply_to=group.messages[-1]) is not None


def test_a_person_sees_each_version_once(bot: Bot, ann: Person) -> None:
    sent = bot.send_message(ann.id, "searching 1")
    bot.edit_message_text("searching 2", ann.id, sent.message_id)
    assert [ann.sees("searching").text, ann.sees("searching").text] == ["searching 1", "searching 2"]
    with pytest.raises(AssertionError, match="does not see 'searching'"):
        ann.sees("searching", within=0.1)
