"""/me, /history and /top."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Player
from duels import queries
from duels.models import Entry, Notice
from duels.queries import Board, EntryKey, Order, PlayerKey
from duels.rules.rating import Skill
from duels.telegram import keyboards
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Rows, column, press
from duels.telegram.texts.words import Message, Write, match, task, who
from duels.words import emotion

MARKS = {"win": "🟢", "loss": "🔴", "draw": "⚪"}
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
HISTORY_SIZE, TOP_SIZE = 7, 10


def me(notice: Notice) -> Message:
    player = notice.player
    found = queries.profile(player)
    lines = [f"👤 <b>{who(player)}</b>", rating_line(found)]
    if not player.duels:
        lines += ["", _("Not a single duel yet. Your first victory is waiting!")]
        return Message("\n".join(lines), keyboards.menu())
    lines += [tally(player), "".join(MARKS[outcome] for outcome in found.last), *streaks(player)]
    if found.best and found.worst:
        lines += ["", _("🎭 Best at: <b>%(best)s</b>") % {"best": emotion(found.best)}]
        lines += [_("🌱 Needs work: <b>%(worst)s</b>") % {"worst": emotion(found.worst)}]
    return Message("\n".join(lines), column(press(_("📜 History"), "history", Order.NEWEST), keyboards.duel()))


def rating_line(found: queries.Profile) -> str:
    place = f" · #{found.rank}" if found.rank else ""
    unsure = "\n" + _("<i>“?” means that the judge is still getting to know you.</i>") if "?" in found.rating else ""
    return _("🏅 Rating: <b>%(rating)s</b>") % {"rating": found.rating} + place + unsure


def tally(player: Player) -> str:
    return " · ".join(
        [
            ngettext("%(n)d win", "%(n)d wins", player.wins) % {"n": player.wins},
            ngettext("%(n)d loss", "%(n)d losses", player.losses) % {"n": player.losses},
            ngettext("%(n)d draw", "%(n)d draws", player.draws) % {"n": player.draws},
        ]
    )


def streaks(player: Player) -> list[str]:
    now = player.streak
    lines = []
    if now > 0:
        lines.append(ngettext("🔥 %(n)d win in a row", "🔥 %(n)d wins in a row", now) % {"n": now})
    elif now < 0:
        lines.append(ngettext("🧊 %(n)d loss in a row", "🧊 %(n)d losses in a row", -now) % {"n": -now})
    about = {"best": player.best_streak, "worst": -player.worst_streak}
    lines.append(_("Longest streaks: 🏆 %(best)d, 💔 %(worst)d") % about)
    return lines


def history(notice: Notice) -> Message:
    about = notice.params["about"]
    order = Order(about["order"])
    after = queries.entry_key(notice.player, order, about.get("after"))
    page = queries.history(notice.player, order, after, HISTORY_SIZE)
    if not page.items:
        return Message(_("📜 Nothing here yet. History is made in duels!"), keyboards.menu())
    title = _("📜 <b>Your best matches</b>") if order is Order.BEST else _("📜 <b>Your duels</b>")
    lines = [title, "", *(line(entry) for entry in page.items)]
    return Message("\n".join(lines), history_buttons(order, page.next))


def line(entry: Entry) -> str:
    others = [who(each.player) for each in entry.duel.entries.all() if each.pk != entry.pk]
    day = date_format(entry.ended_at, "j E") if entry.ended_at else ""
    return f"{MARKS[entry.outcome]} <b>{match(entry.match)}</b> {task(entry.duel)}\n      {', '.join(others)} · {day}"


def history_buttons(order: Order, after: EntryKey | None) -> Rows:
    more = press(_("⬇️ More"), "history", order, after[1]) if after else None
    if order is Order.BEST:
        return column(more, press(_("🕰 Newest first"), "history", Order.NEWEST))
    return column(more, press(_("💎 Best first"), "history", Order.BEST))


def top(notice: Notice) -> Message:
    about = notice.params["about"]
    board = Board(about["board"])
    after = player_key(board, about.get("after"))
    page = queries.leaderboard(board, after, TOP_SIZE)
    by_rating = board is Board.RATING
    title = _("🏆 <b>Top by rating</b>") if by_rating else _("🎭 <b>The most expressive</b>, by mean match")
    first = 1 if after is None else (queries.rank(page.items[0], board) or 1) if page.items else 1
    lines = [title, "", *(place(number, player, board) for number, player in enumerate(page.items, first))]
    if not page.items:
        lines.append(_("Nobody here yet. Be the first!"))
    lines += ["", own_place(notice.player, board)]
    return Message("\n".join(lines), top_buttons(board, page.next, page.items[-1].public_id if page.items else ""))


def player_key(board: Board, after: str | None) -> PlayerKey | None:
    player = queries.player_of(after) if after else None
    return queries.player_key(board, player) if player else None


def place(number: int, player: Player, board: Board) -> str:
    return f"{MEDALS.get(number, f'{number}.')} {who(player)} — <b>{figure(player, board)}</b>"


def figure(player: Player, board: Board) -> str:
    return str(Skill(player.mu, player.sigma)) if board is Board.RATING else match(player.expressive)


def own_place(player: Player, board: Board) -> str:
    rank = queries.rank(player, board)
    if rank is not None:
        return _("👤 You: #%(rank)d — <b>%(figure)s</b>") % {"rank": rank, "figure": figure(player, board)}
    if player.on_leaderboard_at is None:
        return _("👤 You are hidden from the tables: /settings")
    return _("👤 You are not here yet: play a few duels!")


def top_buttons(board: Board, after: PlayerKey | None, last: str) -> Rows:
    more = press(_("⬇️ More"), "top", board, last) if after else None
    if board is Board.RATING:
        return column(more, press(_("🎭 The most expressive"), "top", Board.EXPRESSIVE))
    return column(more, press(_("🏆 By rating"), "top", Board.RATING))


CATALOGUE: dict[str, Write] = {Answer.ME: me, Answer.HISTORY: history, Answer.TOP: top}
