"""The load's short form: no times, only that nothing is lost. And what its figures are made of."""

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from duels import jobs
from scoring.lab.speed_report import Line
from tests import postgres
from tests.load import report, updates
from tests.load.duels import COMING, Play, grew, keeps_pace, next_rate, playing
from tests.load.telegram import told
from tests.load.updates import Door

SMALL = {"web": 1, "telegram": 1, "judge": 1, "reconcile": 1}
PLAYERS, DUELS, STRANGERS = 8, 6, 60
UNENDED = "select count(*) from duels_duel where finished_at is null"
FINISHED = "select count(*) from duels_duel where status = 'finished'"


async def twice(door: Door, sent: list[updates.Json]) -> Counter[int]:
    """Each update over two connections at once, as when Telegram sends it again."""
    return Counter(await asyncio.gather(*(door.post(each) for each in sent for _ in range(2))))


def test_the_page_says_how_a_judge_takes_photos_together() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "planning.md").read_text(encoding="utf-8")
    [numbers] = re.findall(r"up to (\d+) of duels or (\d+) of the arena.*?up\s+to (\d+) ms", page, re.DOTALL)
    assert [int(number) for number in numbers] == [jobs.BATCH, jobs.ARENA_BATCH, round(jobs.FILL_SECONDS * 1000)]


@pytest.mark.slow
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_under_load_every_update_is_stored_once_and_every_duel_ends() -> None:
    with playing(SMALL, PLAYERS, light=True, different=2) as play:
        strangers = [updates.message(chat, text="Hello!") for chat in range(1, 1 + STRANGERS)]
        assert play.telegram.start(twice(play.crowd.door, strangers)).result() == {200: 2 * STRANGERS}
        play.telegram.start(play.crowd.play_on(DUELS, at_once=3)).result()
        assert play.telegram.start(play.crowd.rest(COMING)).result(), play.site.logs()
        assert play.site.drained(COMING), f"{play.site.waiting()} are left over:\n{play.site.logs()}"
        check(play, [each["update_id"] for each in strangers])


def check(play: Play, strangers: list[int]) -> None:
    stored = "select count(*) from duels_update where update_id = any(%s)"
    assert play.site.rows(stored, strangers) == [(STRANGERS,)]
    assert play.crowd.answers.keys() == {200}
    assert (play.site.rows(UNENDED), play.site.rows(FINISHED)) == ([(0,)], [(DUELS,)])
    assert all(len(turns) == 2 for turns in play.crowd.duels.values()), "both players were told"


def test_a_message_is_read_from_both_kinds_of_forms() -> None:
    plain = told("sendMessage", 7, b"chat_id=7&text=%E2%9A%94%EF%B8%8F+Against+you&parse_mode=HTML", 1.0)
    assert plain.text == "⚔️ Against you"
    form = b'--b\r\nContent-Disposition: form-data; name="caption"\r\n\r\n\xf0\x9f\x8f\x86 Victory\r\n--b\r\n'
    form += b'Content-Disposition: form-data; name="reply_markup"\r\n\r\n{"callback_data": "rematch:abc123"}\r\n--b--'
    assert (told("sendPhoto", 7, form, 1.0).text, told("sendPhoto", 7, form, 1.0).duel) == ("🏆 Victory", "abc123")


def test_a_queue_that_only_trembles_has_not_grown() -> None:
    assert not grew([3, 9, 4, 8, 2, 9, 5, 7, 6])
    assert grew([0, 0, 0, 10, 20, 30, 60, 80, 100])
    assert not grew([])


def test_a_site_that_ends_half_of_what_begins_does_not_keep_pace() -> None:
    assert keeps_pace(80, rate=2, seconds=45)
    assert not keeps_pace(70, rate=3, seconds=45)


def test_the_next_rate_lies_between_what_holds_and_what_does_not() -> None:
    assert next_rate(2.0, 0.0, (2.0, 4.0)) == 4.0
    assert next_rate(4.0, 0.0, (2.0, 4.0)) == 8.0
    assert next_rate(2.0, 4.0, (2.0, 4.0)) == 3.0
    assert next_rate(3.0, 4.0, (2.0, 4.0)) == 3.5


def test_memory_is_flat_where_the_second_half_is_like_the_first() -> None:
    flat = [(done, 100_000_000) for done in range(0, 1000, 10)]
    assert report.grown("web", flat).reached
    growing = [(done, 100_000_000 + done * 100_000) for done in range(0, 1000, 10)]
    assert not report.grown("web", growing).reached


def test_each_piece_has_a_part_of_the_page_of_its_own() -> None:
    page = report.page("judges", [Line("photos a second", "12")], "a trial")
    assert page.startswith("# Load: one judge and two\n")
    assert "- a trial\n" in page
    assert len({title for title, _ in report.ABOUT.values()}) == len(report.ABOUT)


def test_an_unknown_piece_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not nonsense"):
        call_command("bench_load", only="nonsense", output=tmp_path / "page.md")
