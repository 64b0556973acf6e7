"""Every message that there is, in every language, within Telegram's limits."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings

from accounts.models import FOR_GOOD, Player
from accounts.refusals import Refusal as AccountRefusal
from duels import lobby, notices
from duels.models import Duel, Entry, ModerationAct, Notice, Prompt
from duels.notices import PARAMS, Kind
from duels.refusals import Refusal as GameRefusal
from duels.telegram import messages
from duels.telegram.answers import Answer, Unfit
from duels.telegram.messages import Message, render
from duels.telegram.tests.letters import buttons, rendered
from duels.telegram.texts import commands, refusals
from duels.tests.seasons import ended_duel
from duels.tests.world import played, random_duel, room_duel, shows
from scoring.photos import MESSAGES as PHOTO_ERRORS

pytestmark = pytest.mark.django_db

LONG_NAME = "Щ" * 24
TEXT, CAPTION, DATA, COPIED = 4096, 1024, 64, 256
REASONS = [*AccountRefusal, *GameRefusal, *Unfit]
LANGUAGES = [code for code, _ in settings.LANGUAGES]
TAGS = {"b", "i", "code"}


def params_of(kind: Kind, other: Player, owner: Player) -> dict[str, Any]:
    values = {
        "waiting": 7,
        "reach": 300,
        "waited": 45,
        "seconds": 30,
        "code": "ACDEFH",
        "size": 4,
        "rated": True,
        "who": other.public_id,
        "inside": 2,
        "owner": owner.public_id,
        "language": owner.language,
        "act": an_act(owner).pk if "act" in PARAMS[kind] else None,
        "before": "1523?",
        "after": "1500?",
        "again": True,
    }
    odd = {Kind.PHOTO_UNREADABLE: "heic", Kind.PHOTO_COPIED: "copy_mine", Kind.VOIDED: "judge"}
    return {name: odd[kind] if name == "reason" else values[name] for name in PARAMS[kind]}


def an_act(player: Player) -> ModerationAct:
    duel = Duel.objects.get()
    return ModerationAct.objects.create(
        player=player, duel=duel, what="suspend", until=FOR_GOOD, reason="screen", why="<rude> & loud"
    )


def about(other: Player, duel: Duel) -> dict[str, Any]:
    """All that any answer or refusal may carry."""
    return {
        "code": "ACDEFH",
        "names": [LONG_NAME, "Ann <b>", "x"],
        "order": "newest",
        "board": "rating",
        "called": duel.public_id,
        "photo": "a-photo-that-is-gone",
        "who": other.public_id,
        "state": "searching",
        "shortest": 2,
        "longest": 24,
        "name": "<script>",
        "language": "<xx>",
        "until": "2030-01-01T00:00:00Z",
        "because": "<rude> & loud",
        "times": 2,
        "seconds": 300,
        "smallest": 2,
        "largest": 4,
    }


class Html(HTMLParser):
    """Telegram's: these tags alone, each closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in TAGS
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(shown: Message) -> None:
    Html(shown.text)
    assert 0 < len(shown.text) <= (CAPTION if shown.card else TEXT)
    assert "%(" not in shown.text
    for button in (button for row in shown.rows for button in row):
        assert 0 < len(button.text) <= 64
        assert len(button.data.encode()) <= DATA
        assert len(button.copy) <= COPIED
        assert sum(map(bool, (button.data, button.url, button.copy, button.login, button.app))) == 1


@pytest.fixture(params=LANGUAGES)
def reader(request: Any, ann: Player, bob: Player) -> Player:
    Player.objects.filter(pk=ann.pk).update(language=request.param)
    Player.objects.filter(pk=bob.pk).update(name=LONG_NAME)
    ann.language, bob.name = request.param, LONG_NAME
    return ann


@pytest.fixture
def told(reader: Player, bob: Player, prompt: Prompt) -> Callable[..., Message]:
    duel = ended_duel({reader: 80, bob: 40}, prompt)  # a hundred times: to play it takes ten times as long

    def tell(kind: Kind, **params: Any) -> Message:
        notice = notices.tell(reader, kind, duel, **params)
        assert notice
        return rendered(Notice.objects.get(pk=notice.pk))

    return tell


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.ANSWER, Kind.REFUSED, Kind.REMOVAL}])
def test_every_kind_has_words(told: Callable[..., Message], kind: Kind, reader: Player, bob: Player) -> None:
    check(told(kind, **params_of(kind, bob, reader)))


@pytest.mark.parametrize("answer", Answer)
def test_every_answer_has_words(told: Callable[..., Message], answer: Answer, reader: Player, bob: Player) -> None:
    if answer is Answer.ROOM:
        room_duel_waiting(reader)
    check(told(Kind.ANSWER, answer=answer, about=about(bob, Duel.objects.get())))


def room_duel_waiting(reader: Player) -> None:
    lobby.open_room(reader, size=3)


@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_has_words(told: Callable[..., Message], reason: str, bob: Player) -> None:
    check(told(Kind.REFUSED, reason=reason, about=about(bob, Duel.objects.get())))


@pytest.mark.parametrize("state", ["searching", "paired", "room", "duel"])
def test_whoever_is_busy_is_told_where(reader: Player, bob: Player, state: str) -> None:
    if state == "duel":
        random_duel(reader, bob)
    notice = notices.tell(reader, Kind.REFUSED, reason="busy", about={"state": state})
    assert notice
    check(rendered(notice))


@pytest.mark.parametrize("reason", [*PHOTO_ERRORS, "something_new"])
def test_every_photo_error_is_explained(told: Callable[..., Message], reason: str) -> None:
    check(told(Kind.PHOTO_UNREADABLE, reason=reason))


def test_no_catalogue_names_what_is_not_there() -> None:
    assert set(messages.CATALOGUE) == {*Kind, *Answer} - {Kind.ANSWER, Kind.REMOVAL}
    assert set(refusals.WHY) == set(REASONS)


def result_of(reader: Player, duel: Duel) -> Message:
    return rendered(Notice.objects.get(player=reader, duel=duel, kind=Kind.RESULT))


def test_four_players_with_the_longest_names_fit_under_a_picture(
    reader: Player, bob: Player, cat: Player, dan: Player
) -> None:
    Player.objects.filter(pk__in=[cat.pk, dan.pk]).update(name=LONG_NAME)
    duel = room_duel(reader, bob, cat, dan)
    for player, match in ((reader, 10.0), (bob, 90.0), (cat, 50.0), (dan, 20.0)):
        shows(player, duel, match)
    shown = result_of(reader, duel)
    check(shown)
    assert shown.text.count(LONG_NAME) == 3


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [(80.0, 40.0, "Victory"), (40.0, 80.0, "Defeat"), (50.0, 50.0, "draw"), (50.0, None, "only face")],
)
def test_the_result_says_who_won(ann: Player, bob: Player, mine: float, theirs: float | None, words: str) -> None:
    duel = random_duel(ann, bob)
    shows(bob, duel, theirs)
    shows(ann, duel, mine)
    if theirs is None:
        from duels import ending

        ending.finish(Duel.objects.get(pk=duel.pk))
    shown = result_of(ann, duel)
    check(shown)
    assert words in shown.text


def test_the_result_is_shared_where_the_site_has_an_address(ann: Player, bob: Player, settings: Any) -> None:
    duel = played(ann, 80, bob, 40)
    assert not any(data.startswith("https://t.me/share") for data in buttons(result_of(ann, duel)))
    settings.BASE_URL = "https://duel.example.org"
    shared = next(data for data in buttons(result_of(ann, duel)) if data.startswith("https://t.me/share"))
    assert f"duel.example.org%2Fduels%2F{duel.public_id}" in shared


def test_names_cannot_write_html(ann: Player, bob: Player) -> None:
    Player.objects.filter(pk=bob.pk).update(name="<b>bold</b>")
    duel = played(ann, 80, bob, 40)
    assert "&lt;b&gt;bold" in result_of(ann, duel).text


def test_who_has_gone_has_no_name_in_old_messages(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    Player.objects.filter(pk=bob.pk).update(name="", telegram_id=None)
    assert "someone who has left" in result_of(ann, duel).text


@pytest.mark.parametrize(
    ("kind", "urges"),
    [
        (Kind.OPPONENT_SENT, "Your turn"),
        (Kind.OPPONENT_LEFT, "Show your face"),
        (Kind.OPPONENT_UNREACHABLE, "send your photo"),
    ],
)
def test_nobody_is_urged_who_has_shown_a_face(ann: Player, bob: Player, kind: Kind, urges: str) -> None:
    duel = random_duel(ann, bob)
    notice = notices.tell(ann, kind, duel, who=bob.public_id)
    assert notice
    assert urges in rendered(notice).text
    shows(ann, duel, 80)
    assert urges not in rendered(notice).text


def test_who_gave_up_hears_no_more_of_the_opponents_photo(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    notice = notices.tell(ann, Kind.OPPONENT_SENT, duel, who=bob.public_id)
    lobby.leave(ann)
    assert notice
    assert render(Notice.objects.get(pk=notice.pk)) is None


def test_a_rematch_is_no_room_to_fill_with_friends(ann: Player, bob: Player) -> None:
    lobby.rematch(ann, played(ann, 80, bob, 40))
    opened = rendered(Notice.objects.get(kind=Kind.ROOM_OPENED))
    check(opened)
    assert "rematch" in opened.text
    assert "cancel" in buttons(opened)


def test_whoever_wants_a_second_duel_hears_whether_a_photo_is_awaited(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    notice = notices.tell(ann, Kind.REFUSED, reason="busy", about={"state": "duel"})
    assert notice
    assert "waiting for your photo" in rendered(notice).text
    shows(ann, duel, 80)
    assert "your photo is in" in rendered(notice).text


def test_practice_is_offered_to_who_has_waited(ann: Player) -> None:
    for waited, offered in ((5, False), (20, True)):
        notice = notices.tell(ann, Kind.SEARCH_WAITING, waiting=1, reach=None, waited=waited)
        assert notice
        assert ("practice" in buttons(rendered(notice))) is offered


def test_history_and_top_go_by_pages(ann: Player, bob: Player) -> None:
    for _ in range(9):
        shows_all(room_duel(ann, bob), ann, bob)
    seen = [page(ann, Answer.HISTORY, order="newest")]
    more = buttons(seen[0])[0].split(":")
    seen.append(page(ann, Answer.HISTORY, order=more[1], after=int(more[2])))
    assert [each.text.count("🟢") for each in seen] == [7, 2]


def shows_all(duel: Duel, winner: Player, loser: Player) -> None:
    shows(winner, duel, 80)
    shows(loser, duel, 40)


def page(reader: Player, answer: Answer, **about: Any) -> Message:
    notice = notices.answer(reader, answer, **about)
    assert notice
    return rendered(notice)


def test_commands_fit_telegrams_menus() -> None:
    from duels.telegram.commands import COMMANDS

    assert set(commands.descriptions()) == set(COMMANDS)
    assert all(len(text) <= 256 for text in commands.descriptions().values())
    assert len(commands.short_description()) <= 120
    assert len(commands.description()) <= 512


def test_a_face_counts_as_shown_only_where_there_is_one(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    Entry.objects.filter(duel=duel).update(shares=None)
    check(result_of(ann, duel))
