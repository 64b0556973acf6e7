"""A finished duel is called off by a moderator: played back out of everybody's rating, and into it again."""

from random import Random
from threading import Event, Thread

import pytest
from django.db import close_old_connections, connection
from django.test import Client

from accounts.models import Player
from duels import calling_off, live, playback, reconcile
from duels.calling_off import carry_out_due
from duels.models import BoardFigure, Duel, ModerationAct, Notice
from duels.notices import Kind
from duels.replay import replay
from duels.telegram import outbox
from duels.tests.seasons import brief_season, ended_duel, standings, take_back, void_act
from duels.tests.world import a_prompt, entry_of, last_told, newcomer, public_duel, reread, told


def nothing_differs() -> bool:
    """From what a replay of everything finds."""
    found = replay(write=False)
    return (found.players, found.entries, found.figures) == ([], [], {})


def finished() -> list[Duel]:
    return list(Duel.objects.filter(status="finished").order_by("pk"))


def a_crowd(more: int) -> list[Player]:
    a_prompt("fear", emotions=["anger", "fear"])
    a_prompt("none", emotions=[])
    return [newcomer() for _ in range(4 + more)]


@pytest.mark.parametrize("seed", range(4))
def test_without_any_duel_all_is_as_if_it_had_never_been(db: None, seed: int) -> None:
    chance = Random(seed)
    brief_season(a_crowd(seed), 16, chance)
    for duel in chance.sample(finished(), 4):
        before = standings()
        act = void_act(duel)
        assert carry_out_due() == 1
        assert standings() != before
        assert nothing_differs()
        take_back(act)
        assert carry_out_due() == 1
        assert standings() == before


def test_in_whatever_order_duels_go_and_come_back(db: None) -> None:
    chance = Random(9)
    brief_season(a_crowd(1), 12, chance)
    before = standings()
    acts = [void_act(duel) for duel in chance.sample(finished(), 5)]
    for act in chance.sample(acts, 5):
        calling_off.carry_out(act)
        assert nothing_differs()
    for act in chance.sample(acts, 5):
        take_back(act)
        calling_off.carry_out(ModerationAct.objects.get(pk=act.pk))
        assert nothing_differs()
    assert standings() == before


def test_with_every_duel_gone_everybody_is_new(db: None) -> None:
    brief_season(a_crowd(1), 8, Random(3))
    for duel in finished():
        void_act(duel)
    carry_out_due()
    assert set(Player.objects.values_list("mu", "wins", "losses", "draws", "last")) == {(25.0, 0, 0, 0, "")}
    assert not BoardFigure.objects.exists()


def test_whoever_never_met_its_players_is_left_alone(ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    prompt = a_prompt("fear")
    duel = ended_duel({ann: 80, bob: 40}, prompt)
    ended_duel({cat: 80, dan: 40}, prompt)
    assert playback.reach_of(duel).players == sorted([ann.pk, bob.pk])
    ended_duel({bob: 80, cat: 40}, prompt, rated=False)  # meets, and moves nothing
    assert playback.reach_of(duel).players == sorted([ann.pk, bob.pk])
    ended_duel({bob: 80, cat: 40}, prompt)
    assert playback.reach_of(duel).players == sorted([ann.pk, bob.pk, cat.pk])


def test_all_its_players_are_told_what_became_of_their_rating(ann: Player, bob: Player) -> None:
    duel = ended_duel({ann: 80, bob: 40}, a_prompt("fear"))
    was = reread(ann)
    act = void_act(duel)
    carry_out_due()
    assert told(ann)[-1] == told(bob)[-1] == Kind.CALLED_OFF
    params = last_told(ann, Kind.CALLED_OFF).params
    assert (params["act"], params["after"]) == (act.pk, "1500?")
    assert params["before"] != "1500?"
    take_back(act)
    carry_out_due()
    assert last_told(bob, Kind.RESTORED).params["before"] == "1500?"
    assert (reread(ann).mu, reread(ann).wins) == (was.mu, 1)


def test_it_happens_once(ann: Player, bob: Player) -> None:
    act = void_act(ended_duel({ann: 80, bob: 40}, a_prompt("fear")))
    stale = ModerationAct.objects.get(pk=act.pk)
    assert (carry_out_due(), carry_out_due()) == (1, 0)
    calling_off.carry_out(stale)  # by whoever had claimed it before the lease ran out
    assert told(bob).count(Kind.CALLED_OFF) == 1
    assert ModerationAct.objects.get().status == "stands"


def test_what_fails_is_tried_again(ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    duel = ended_duel({ann: 80, bob: 40}, a_prompt("fear"))
    before = standings()
    void_act(duel)
    with monkeypatch.context() as broken:
        broken.setattr(playback, "count_again", lambda found, reach: 1 / 0)
        assert carry_out_due() == 0
    assert standings() == before
    assert carry_out_due() == 0  # not at once
    ModerationAct.objects.update(lease_until=None)
    assert carry_out_due() == 1


def test_the_reconciler_wakes_what_nobody_was_woken_for(
    ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []

    def wake(act: int, tries: int) -> bool:
        woken.append(act)
        return True

    monkeypatch.setattr("duels.wake.playback", wake)
    act = void_act(ended_duel({ann: 80, bob: 40}, a_prompt("fear")))
    assert reconcile.wake_playback() == 1
    carry_out_due()
    assert reconcile.wake_playback() == 0
    assert woken == [act.pk]


def test_a_result_that_was_not_sent_yet_is_not_sent_any_more(ann: Player, bob: Player) -> None:
    void_act(ended_duel({ann: 80, bob: 40}, a_prompt("fear")))
    carry_out_due()
    notice = Notice.objects.select_related("duel", "player").get(player=ann, kind=Kind.RESULT)
    assert outbox.superfluous(notice) == "the duel was called off"


class TestTheSite:
    @pytest.fixture
    def duel(self, ann: Player, bob: Player) -> Duel:
        """Called off."""
        duel = public_duel(ann, 87.4, bob, 40)
        void_act(duel)
        self.number = live.number()
        carry_out_due()
        return duel

    def test_says_so_on_its_page_and_shows_no_score(self, client: Client, duel: Duel) -> None:
        page = client.get(f"/duels/{duel.public_id}/").content.decode()
        assert "called off by a moderator" in page
        assert "87.4" not in page
        assert client.get(f"/duels/{duel.public_id}/card.jpg").status_code == 404

    def test_lists_it_no_more(self, client: Client, duel: Duel, ann: Player) -> None:
        for path in ("/", f"/players/{ann.public_id}/", "/api/v1/duels/", f"/api/v1/players/{ann.public_id}/history/"):
            assert duel.public_id not in client.get(path).content.decode(), path

    def test_says_so_to_programs(self, client: Client, duel: Duel) -> None:
        found = client.get(f"/api/v1/duels/{duel.public_id}/").json()
        assert (found["status"], found["verdict"], found["rated"]) == ("void", None, False)
        assert {(each["match"], each["outcome"], each["rating"]) for each in found["entries"]} == {(None, None, None)}

    def test_has_open_pages_look_anew(self, duel: Duel) -> None:
        assert live.number() == self.number + 1


def beside(work: object) -> Thread:
    """In a thread with a connection of its own."""

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_finish_at_the_same_moment_is_neither_lost_nor_rated_by_old_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob, cat = newcomer(), newcomer(), newcomer()
    prompt = a_prompt()
    first = ended_duel({ann: 80, bob: 40}, prompt)
    ended_duel({bob: 80, cat: 40}, prompt)
    void_act(first)
    inside, finishing = Event(), Event()
    play_again = playback.play_again

    def slowly(*about: object) -> None:
        """With all locks held, until the finish has set out."""
        inside.set()
        assert finishing.wait(60)
        play_again(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(playback, "play_again", slowly)

    def finish() -> None:
        assert inside.wait(60)
        finishing.set()
        ended_duel({cat: 10, bob: 90}, prompt)

    threads = [beside(carry_out_due), beside(finish)]
    for thread in threads:
        thread.join()
    assert (reread(bob).wins, reread(bob).losses, reread(ann).wins) == (2, 0, 0)
    assert nothing_differs()


@pytest.mark.django_db(transaction=True)
def test_whoever_is_reached_while_the_locks_are_taken_is_locked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite nobody else writes once the transaction has begun")
    ann, bob, cat = newcomer(), newcomer(), newcomer()
    prompt = a_prompt()
    void_act(ended_duel({ann: 80, bob: 40}, prompt))
    reach_of = playback.reach_of
    met: list[Thread] = []

    def met_meanwhile(duel: Duel) -> playback.Reach:
        found = reach_of(duel)
        if not met:
            met.append(beside(lambda: ended_duel({bob: 80, cat: 40}, prompt)))
            met[0].join()
        return found

    monkeypatch.setattr(playback, "reach_of", met_meanwhile)
    assert carry_out_due() == 1
    assert entry_of(cat, finished()[0]).outcome == "loss"
    assert nothing_differs()


@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_finishes_duels_while_others_are_called_off_ends_right() -> None:
    players = a_crowd(2)
    brief_season(players, 6, Random(1))

    def play(seed: int) -> None:
        close_old_connections()
        brief_season(players, 6, Random(seed))

    def moderate() -> None:
        for duel in finished()[:4]:
            act = void_act(duel)
            carry_out_due()
            if act.pk % 2:
                take_back(act)
                carry_out_due()

    threads = [beside(lambda: play(2)), beside(lambda: play(3)), beside(moderate)]
    for thread in threads:
        thread.join()
    assert Duel.objects.filter(status="finished").count() + Duel.objects.filter(status="void").count() == 18
    assert Duel.objects.filter(status="void", void_reason="moderator").exists()
    assert nothing_differs()
