"""What the bot can call: each function is named after its method and answers with its result."""

from collections.abc import Callable
from typing import Any

from tests.botapi import limits
from tests.botapi.calls import Call, Upload
from tests.botapi.chats import Chat, Chats, Json, Message
from tests.botapi.files import check_upload
from tests.botapi.refused import bad

Method = Callable[[Chats, Call], Any]


def words(name: str, found: limits.Words) -> Json:
    text, entities = found
    return ({name: text} if text else {}) | ({_entities(name): entities} if entities else {})


def _entities(name: str) -> str:
    return "entities" if name == "text" else "caption_entities"


def inline(params: Json, chat: Chat) -> Json:
    markup = params.get("reply_markup")
    limits.check_markup(markup, chat.private)
    return {"reply_markup": markup} if markup and markup.get("inline_keyboard") else {}


def sent(chats: Chats, chat: Chat, params: Json, body: Json) -> Json:
    body = body | inline(params, chat)
    reply = (params.get("reply_parameters") or {}).get("message_id")
    answered = chat.messages.get(reply) if reply else None
    if reply and answered is None and not params["reply_parameters"].get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    if answered is not None:
        body["reply_to_message"] = answered.now
    message = chats.add(chat, chats.bot, body)
    markup = params.get("reply_markup") or {}
    message.keyboard = markup if markup and "inline_keyboard" not in markup else None
    return message.now


def send_message(chats: Chats, call: Call) -> Json:
    chat = chats.reachable(call.params["chat_id"])
    return sent(chats, chat, call.params, words("text", limits.text_of(call.params)))


def send_photo(chats: Chats, call: Call) -> Json:
    chat = chats.reachable(call.params["chat_id"])
    body = picture(chats, call, call.params["photo"]) | words("caption", limits.caption_of(call.params))
    return sent(chats, chat, call.params, body)


def send_document(chats: Chats, call: Call) -> Json:
    chat = chats.reachable(call.params["chat_id"])
    body = document(chats, call, call.params["document"]) | words("caption", limits.caption_of(call.params))
    return sent(chats, chat, call.params, body)


def send_media_group(chats: Chats, call: Call) -> list[Json]:
    chat, media = chats.reachable(call.params["chat_id"]), call.params["media"]
    if not 2 <= len(media) <= 10:
        raise bad("an album has 2 to 10 items")
    bodies = [medium(chats, call, each) | words("caption", limits.caption_of(each)) for each in media]
    group = {"media_group_id": str(1000 + next(chats.numbers))}
    return [sent(chats, chat, {}, body | group) for body in bodies]


def medium(chats: Chats, call: Call, media: Json) -> Json:
    kinds = {"photo": picture, "document": document}
    if media["type"] not in kinds:
        raise bad(f"this double keeps no {media['type']}")
    return kinds[media["type"]](chats, call, media["media"])


def picture(chats: Chats, call: Call, source: str) -> Json:
    upload = uploaded(call, source)
    if upload is None:
        return {"photo": again(chats, source, "photo")}
    check_upload(upload.data, photo=True)
    return {"photo": chats.files.add_photo(upload.data)}


def document(chats: Chats, call: Call, source: str) -> Json:
    upload = uploaded(call, source)
    if upload is None:
        return {"document": again(chats, source, "document")}
    check_upload(upload.data, photo=False)
    file = chats.files.add(upload.data)
    return {
        "document": {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_name": upload.name,
            "mime_type": upload.mime,
            "file_size": len(upload.data),
        }
    }


def uploaded(call: Call, source: str) -> Upload | None:
    name = source.removeprefix("attach://")
    if name != source and name not in call.files:
        raise bad(f"can't find the file attach://{name}")
    return call.files.get(name) if name != source else None


def again(chats: Chats, file_id: str, kind: str) -> Any:
    """What a message carried before, sent on by its file_id."""
    if file_id.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    chats.files.known(file_id)
    for message in (each for chat in chats.by_id.values() for each in chat.messages.values()):
        carried = message.now.get(kind) or []
        if any(each["file_id"] == file_id for each in (carried if isinstance(carried, list) else [carried])):
            return carried
    raise bad("wrong file identifier/HTTP URL specified")


def edit_message_text(chats: Chats, call: Call) -> Json:
    chat, message = chats.message(call.params, "to edit")
    if "text" not in message.now:
        raise bad("there is no text in the message to edit")
    return chats.edit(message, words("text", limits.text_of(call.params)) | inline(call.params, chat))


def edit_message_caption(chats: Chats, call: Call) -> Json:
    chat, message = chats.message(call.params, "to edit")
    if "text" in message.now:
        raise bad("there is no caption in the message to edit")
    body = words("caption", limits.caption_of(call.params)) | inline(call.params, chat)
    return chats.edit(message, carried(message) | body)


def edit_message_media(chats: Chats, call: Call) -> Json:
    chat, message = chats.message(call.params, "to edit")
    media = call.params["media"]
    body = medium(chats, call, media) | words("caption", limits.caption_of(media))
    return chats.edit(message, body | inline(call.params, chat))


def edit_message_reply_markup(chats: Chats, call: Call) -> Json:
    chat, message = chats.message(call.params, "to edit")
    body = {name: value for name, value in message.content.items() if name != "reply_markup"}
    return chats.edit(message, body | inline(call.params, chat))


def carried(message: Message) -> Json:
    return {name: message.now[name] for name in ("photo", "document") if name in message.now}


def delete_message(chats: Chats, call: Call) -> bool:
    chat, message = chats.message(call.params, "to delete")
    if not message.by_bot and not chat.private:
        raise bad("message can't be deleted")
    message.deleted = True
    return True


def delete_messages(chats: Chats, call: Call) -> bool:
    chat = chats.reachable(call.params["chat_id"])
    for number in call.params["message_ids"]:
        if number in chat.messages:
            chat.messages[number].deleted = True
    return True


def send_chat_action(chats: Chats, call: Call) -> bool:
    chats.reachable(call.params["chat_id"]).actions.append(call.params["action"])
    return True


def set_message_reaction(chats: Chats, call: Call) -> bool:
    chats.message(call.params, "to react")
    return True


def get_chat(chats: Chats, call: Call) -> Json:
    chat = chats.reachable(call.params["chat_id"])
    return chat.about | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}


GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def leave_chat(chats: Chats, call: Call) -> bool:
    chats.reachable(call.params["chat_id"]).blocked = True
    return True


def get_file(chats: Chats, call: Call) -> Json:
    return chats.files.described(call.params["file_id"])


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "getFile": get_file,
}
