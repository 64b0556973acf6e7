from collections.abc import Callable
from contextlib import AbstractContextManager

from accounts import services
from accounts.models import Player
from duels import lobby, public, queries
from duels.models import Duel, Prompt
from duels.queries import Order
from duels.tests.world import a_prompt, public_duel, random_duel, reread, room_duel, shows

Counted = Callable[[int], AbstractContextManager[object]]


def leaves_the_leaderboard(player: Player) -> None:
    services.change_setting(player, services.Setting.ON_LEADERBOARD, False)


def room_played(one: Player, other: Player) -> Duel:
    duel = room_duel(one, other)
    shows(one, duel, 70)
    shows(other, duel, 30)
    return Duel.objects.get(pk=duel.pk)


def in_lists() -> list[int]:
    return [duel.pk for duel in public.finished().items]


class TestAPlayer:
    def test_has_a_page(self, ann: Player) -> None:
        assert public.player_of(ann.public_id) == ann

    def test_who_left_the_leaderboard_has_one_for_themselves_alone(self, ann: Player, bob: Player) -> None:
        leaves_the_leaderboard(ann)
        assert public.player_of(ann.public_id) is None
        assert public.player_of(ann.public_id, bob) is None
        assert public.player_of(ann.public_id, ann) == ann

    def test_who_has_gone_has_none(self, ann: Player) -> None:
        services.anonymise(ann)
        assert public.player_of(ann.public_id, ann) is None


class TestLists:
    def test_hold_duels_of_strangers_and_none_of_private_rooms(self, ann: Player, bob: Player) -> None:
        open_to_all = public_duel(ann, 80, bob, 40)
        room_played(ann, bob)
        shows(ann, lobby.practise(ann), 50)
        assert in_lists() == [open_to_all.pk]

    def test_hold_none_of_who_left_the_leaderboard(self, ann: Player, bob: Player, cat: Player) -> None:
        public_duel(ann, 80, bob, 40)
        other = public_duel(ann, 80, cat, 40)
        leaves_the_leaderboard(bob)
        assert in_lists() == [other.pk]
        assert [entry.duel_id for entry in public.history(ann).items] == [other.pk]

    def test_hold_what_runs(self, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
        duel = random_duel(ann, bob)
        room_duel(cat, dan)
        assert public.running() == [duel]
        leaves_the_leaderboard(ann)
        assert public.running() == []

    def test_come_in_pages_that_leave_nothing_out(self, ann: Player, bob: Player) -> None:
        pks = [public_duel(ann, 80, bob, 40).pk for _ in range(5)]
        first = public.finished(size=2)
        second = public.finished(first.next, size=2)
        third = public.finished(second.next, size=2)
        assert [duel.pk for page in (first, second, third) for duel in page.items] == pks[::-1]
        assert third.next is None

    def test_are_read_with_few_queries(self, ann: Player, bob: Player, django_assert_num_queries: Counted) -> None:
        for _ in range(3):
            public_duel(ann, 80, bob, 40)
        with django_assert_num_queries(2):
            assert {e.player.name for d in public.finished().items for e in public.shown(d).entries} == {"Ann", "Bob"}

    def test_of_prompts_hold_those_that_are_dealt(self, prompt: Prompt) -> None:
        for slug in ("a", "b", "c"):
            a_prompt(slug, active=slug != "b")
        first = public.prompts(size=2)
        assert [each.slug for each in first.items] == ["a", "c"]
        assert [each.slug for each in public.prompts(first.next or "", size=2).items] == ["joy"]


class TestADuel:
    def test_of_a_private_room_is_there_for_who_knows_its_address(self, ann: Player, bob: Player) -> None:
        duel = room_played(ann, bob)
        assert public.duel_of(duel.public_id) == duel
        assert not public.shown(duel).listed
        assert public.shown(public_duel(ann, 80, bob, 40)).listed

    def test_of_practice_is_there_for_its_player_alone(self, ann: Player, bob: Player) -> None:
        practice = lobby.practise(ann)
        assert public.duel_of(practice.public_id) is None
        assert public.duel_of(practice.public_id, bob) is None
        assert public.duel_of(practice.public_id, ann) == practice

    def test_names_nobody_who_left_the_leaderboard_but_to_who_took_part(
        self, ann: Player, bob: Player, cat: Player
    ) -> None:
        duel = public_duel(ann, 80, bob, 40)
        leaves_the_leaderboard(bob)
        [seen] = [each for each in public.with_entries(Duel.objects.all()) if each == duel]
        hidden = public.shown(seen)
        assert (len(hidden.hidden), hidden.listed) == (1, False)
        assert len(public.shown(seen, cat).hidden) == 1
        assert not public.shown(seen, ann).hidden

    def test_shows_faces_only_where_every_player_lets_the_public_see_them(self, ann: Player, bob: Player) -> None:
        duel = public_duel(ann, 80, bob, 40)
        services.change_setting(ann, services.Setting.FACE_FOR_PUBLIC, True)
        assert not shown_anew(duel).faces
        services.change_setting(bob, services.Setting.FACE_FOR_PUBLIC, True)
        assert shown_anew(duel).faces
        leaves_the_leaderboard(reread(bob))
        assert not shown_anew(duel).faces

    def test_tells_nothing_of_photos_before_the_verdict(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, 80)
        assert not shown_anew(duel).decided
        shows(bob, duel, 40)
        assert shown_anew(duel).decided


def shown_anew(duel: Duel) -> public.Shown:
    found = public.duel_of(duel.public_id)
    assert found
    return public.shown(found)


def test_a_history_holds_private_duels_for_its_player_alone(ann: Player, bob: Player) -> None:
    open_to_all, private = public_duel(ann, 60, bob, 40), room_played(ann, bob)
    assert [entry.duel_id for entry in public.history(ann).items] == [open_to_all.pk]
    assert [entry.duel_id for entry in public.history(ann, bob).items] == [open_to_all.pk]
    assert [entry.duel_id for entry in public.history(ann, ann).items] == [private.pk, open_to_all.pk]
    assert [entry.match for entry in public.history(ann, ann, Order.BEST).items] == [70, 60]


def test_the_bots_own_lists_keep_the_same_rule(ann: Player, bob: Player) -> None:
    public_duel(ann, 80, bob, 40)
    leaves_the_leaderboard(bob)
    assert [player.pk for player in queries.leaderboard().items] == [ann.pk]
