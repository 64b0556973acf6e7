"""What Telegram is told of the bot: its commands and words in each language, and where to send updates."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation
from telebot import apihelper, types

from duels.telegram import bot, door, keyboards
from duels.telegram.texts import commands

CONNECTIONS = 20  # at once, to the webhook


def set_up() -> str:
    """What was done, for whoever looks on."""
    name = bot.username()
    introduce()
    show_menu_button()
    if not door.by_webhook():
        return f"@{name}: commands are registered; `manage.py telegram poll` fetches updates"
    return f"@{name}: commands are registered, updates come to {open_webhook()}"


def introduce() -> None:
    """In the first language for whoever has none of ours, then in each for its own."""
    for code in ["", *(code for code, _ in settings.LANGUAGES)]:
        with translation.override(code or settings.LANGUAGE_CODE):
            tell_commands(code or None)
            bot.call(apihelper.set_my_description, commands.description(), language_code=code)
            bot.call(apihelper.set_my_short_description, commands.short_description(), language_code=code)


def tell_commands(code: str | None) -> None:
    private, groups = commands.descriptions(), commands.in_groups()
    scopes: tuple[Callable[[], Any], ...] = (
        types.BotCommandScopeDefault,
        types.BotCommandScopeAllPrivateChats,
        types.BotCommandScopeAllGroupChats,
    )
    for scope, words in zip(scopes, (private, private, groups), strict=True):
        listed = [types.BotCommand(name, text) for name, text in words.items()]
        bot.call(apihelper.set_my_commands, listed, scope=scope(), language_code=code)


def show_menu_button() -> None:
    """Beside the field to write in: a player's own page. Without a button named, Telegram shows its own."""
    page = types.WebAppInfo(f"{settings.BASE_URL}/web-app/")
    button = types.MenuButtonWebApp("EmotionDuel", page) if keyboards.secure() else None
    bot.call(apihelper.set_chat_menu_button, menu_button=button)


def open_webhook() -> str:
    address = door.address()
    # Never dropping what waits: photos are in there. The kinds always: left out, Telegram keeps the old list.
    bot.call(
        apihelper.set_webhook,
        address,
        max_connections=CONNECTIONS,
        allowed_updates=list(door.KINDS),
        secret_token=settings.TELEGRAM_WEBHOOK_SECRET,
    )
    return address


def close_webhook() -> None:
    bot.call(apihelper.delete_webhook)


def webhook_info() -> dict[str, object]:
    return dict(bot.call(apihelper.get_webhook_info))


def me() -> dict[str, object]:
    return dict(bot.call(apihelper.get_me))
