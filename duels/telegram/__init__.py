"""Telegram's side of the game, and the only folder that imports telebot.

In: webhook or poll -> door (stored) -> inbox -> dispatch -> one call into lobby, play or accounts.
Out: notices -> outbox -> messages (words) -> bot.
"""
