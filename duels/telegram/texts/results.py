"""How a duel ended."""

from django.utils.translation import gettext as _

from duels import queries
from duels.models import Duel, Entry, Notice
from duels.notices import Kind
from duels.rules import fairness
from duels.rules.rating import Skill
from duels.rules.verdict import Kind as VerdictKind
from duels.rules.verdict import Outcome
from duels.telegram import keyboards
from duels.telegram.keyboards import Button, Row, Rows, column, press
from duels.telegram.texts.duel import duel_of
from duels.telegram.texts.training import offer
from duels.telegram.texts.words import Message, Write, judge_saw, match, task, who

PLACES = {1: "🥇", 2: "🥈", 3: "🥉", 4: "4️⃣"}
GOOD, FAIR = 75.0, 50.0


def result(notice: Notice) -> Message:
    duel = queries.seen(duel_of(notice).pk)
    entries = list(duel.entries.all())
    mine = next(entry for entry in entries if entry.player_id == notice.player_id)
    lines = [headline(duel, mine, entries), f"🎭 {task(duel)}", ""]
    lines += [shown(entry, mine) for entry in entries]
    lines += ["", rating(duel, mine)]
    held = any(entry.held == Entry.Hold.HELD for entry in entries)
    if held:
        lines.append(_("🔎 A moderator looks at the picture first. It follows."))
    return Message("\n".join(lines), (*buttons(duel), *offer(mine)), card=None if held else duel, loud=True)


def cleared(notice: Notice) -> Message:
    duel = duel_of(notice)
    rejected = duel.entries.filter(held=Entry.Hold.REJECTED).exists()
    looked = (
        _("🔎 A moderator has looked at the picture, and one face stays hidden.")
        if rejected
        else _("🔎 A moderator has looked at the picture: here it is.")
    )
    return Message(f"{looked}\n🎭 {task(duel)}", card=queries.seen(duel.pk))


def headline(duel: Duel, mine: Entry, entries: list[Entry]) -> str:
    if duel.verdict == VerdictKind.FACELESS:
        return _("🙈 <b>Not a face in sight:</b> nobody wins this one.")
    if mine.outcome == Outcome.DRAW:
        return _("🤝 <b>A draw!</b> To the tenth of a point.")
    if duel.verdict == VerdictKind.TECHNICAL:
        return (
            _("🏆 <b>Victory!</b> Yours was the only face.")
            if mine.outcome == Outcome.WIN
            else _("💔 <b>Defeat:</b> the judge never got to see your face.")
        )
    if mine.outcome == Outcome.WIN:
        return _("🏆 <b>Victory!</b> The judge is impressed.")
    if len(entries) > 2 and mine.place:
        return _("😤 <b>Place %(place)d.</b> The next one is yours!") % {"place": mine.place}
    return _("😤 <b>Defeat…</b> but only this time!")


def shown(entry: Entry, mine: Entry) -> str:
    name = _("You") if entry.pk == mine.pk else who(entry.player)
    place = PLACES.get(entry.place or 0, "▫️")
    if entry.match is not None:
        return f"{place} <b>{name}</b> — {match(entry.match)} · {judge_saw(entry)}"
    return f"{place} <b>{name}</b> — {why_nothing(entry)}"


def why_nothing(entry: Entry) -> str:
    if entry.status == Entry.Status.LEFT:
        return _("gave up")
    if entry.status in {Entry.Status.COPIED, Entry.Status.BARRED}:
        return _("a picture that was shown before")
    return _("no photo") if not entry.attempt else _("no face")


def rating(duel: Duel, mine: Entry) -> str:
    if mine.mu_before is None or mine.mu_after is None:
        return unmoved(duel)
    before, after = Skill(mine.mu_before).rating, Skill(mine.mu_after, mine.sigma_after or 0.0)
    change = after.rating - before
    sign = "📈" if change > 0 else "📉" if change < 0 else "➡️"
    return _("%(sign)s Rating: %(before)d → <b>%(after)s</b> (%(change)+d)") % {
        "sign": sign,
        "before": before,
        "after": after,
        "change": change,
    }


def unmoved(duel: Duel) -> str:
    if not duel.rated or duel.verdict == VerdictKind.FACELESS:
        return _("🕊 The rating stays as it was.")
    about = {"day": fairness.RATED_A_DAY, "week": fairness.RATED_A_WEEK}
    text = _("🕊 The rating stays as it was: of the same two's duels %(day)d a day and %(week)d a week count.")
    return text % about


def buttons(duel: Duel) -> Rows:
    again: Row = (press(_("🔁 Rematch"), "rematch", duel.public_id), press(_("⚔️ New duel"), "duel"))
    report = press(_("🚩 Report"), "report", duel.public_id)
    link = keyboards.duel_link(duel)
    if not link:
        return again, (report,)
    return again, (share(duel, link), report)


def share(duel: Duel, link: str) -> Button:
    return keyboards.share(_("📣 Share"), link, _("A duel of faces: %(task)s") % {"task": task(duel)})


def practice_result(notice: Notice) -> Message:
    duel = duel_of(notice)
    entry = duel.entries.get(player=notice.player)
    lines = [
        f"🎭 {task(duel)}",
        _("🪞 Match: <b>%(match)s</b> of 100") % {"match": match(entry.match)},
        _("The judge saw: %(what)s") % {"what": judge_saw(entry)},
        "",
        word_on(entry.match or 0.0),
    ]
    return Message("\n".join(lines), column(press(_("🪞 One more"), "practice"), keyboards.duel()))


def word_on(value: float) -> str:
    if value >= GOOD:
        return _("🔥 Brilliant! Somebody ought to see this: time for a real duel.")
    if value >= FAIR:
        return _("👍 Quite convincing. A little more, and nobody can beat you.")
    return _("🌱 The judge has doubts. Don't hold back: brows, eyes, mouth, all of it!")


def practice_stopped(notice: Notice) -> Message:
    return Message(_("👌 The practice is over."), keyboards.menu())


def cancelled(notice: Notice) -> Message:
    text = _("💤 Nobody sent a photo, so there was no duel. Let's pretend that we didn't see that.")
    return Message(text, keyboards.play_again())


def voided(notice: Notice) -> Message:
    if notice.params["reason"] == "judge":
        text = _("🛠 Our judge has broken down. That is our fault: the duel doesn't count and no rating moves. Sorry!")
    elif notice.params["reason"] == "restored":
        text = _("🛠 We had to restore our memory from a copy. That is our fault: the duel doesn't count. Sorry!")
    else:
        text = _("⚖️ This duel has been called off and doesn't count: no rating moves.")
    return Message(text, keyboards.play_again())


CATALOGUE: dict[str, Write] = {
    Kind.RESULT: result,
    Kind.PICTURE_CLEARED: cleared,
    Kind.PRACTICE_RESULT: practice_result,
    Kind.PRACTICE_STOPPED: practice_stopped,
    Kind.CANCELLED: cancelled,
    Kind.VOIDED: voided,
}
