from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from accounts import services
from accounts.models import Player
from duels import cursors
from duels.models import Duel, Entry
from duels.queries import PAGE
from duels.tests.world import a_prompt, newcomer, public_duel, random_duel, reread, room_duel, shows
from duels.views import charts, players

Counted = Callable[[int], AbstractContextManager[object]]


def page_of(client: Client, player: Player, query: str = "") -> str:
    answer = client.get(f"/players/{player.public_id}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def own_page(player: Player) -> str:
    request = RequestFactory().get(f"/players/{player.public_id}/")
    request.player = player  # type: ignore[attr-defined]
    return players.player(request, player.public_id).content.decode()


def test_shows_rating_tallies_and_history(client: Client, ann: Player, bob: Player) -> None:
    public_duel(ann, 80, bob, 40)
    duel = public_duel(ann, 91.4, bob, 40)
    text = page_of(client, ann)
    for found in ("Ann", "?</dd>", "Show joy", "91.4", f"/duels/{duel.public_id}/", f"/players/{bob.public_id}/"):
        assert found in text
    assert "noindex" not in text


def test_of_a_newcomer_says_so(client: Client, ann: Player) -> None:
    text = page_of(client, ann)
    assert "Not a single duel yet" in text
    assert "1500?" in text
    assert 'class="chart"' not in text


@pytest.mark.parametrize("way", [services.anonymise, lambda one: hide(one)])
def test_nobody_finds_who_does_not_want_to_be_found(client: Client, ann: Player, way: Callable[[Player], None]) -> None:
    way(ann)
    assert client.get(f"/players/{ann.public_id}/").status_code == 404
    assert client.get(f"/players/{ann.public_id}/card.jpg").status_code == 404


@pytest.mark.parametrize("public_id", ["nobodyatall2", "x", "%00%00", "2" * 500])
def test_unknown_ids_lead_nowhere(client: Client, db: None, public_id: str) -> None:
    assert client.get(f"/players/{public_id}/").status_code == 404
    assert client.get(f"/duels/{public_id}/").status_code == 404
    assert client.get(f"/duels/{public_id}/card.jpg").status_code == 404


def hide(player: Player) -> None:
    services.change_setting(player, services.Setting.ON_LEADERBOARD, False)


def test_ones_own_is_there_though_hidden_and_holds_private_duels(ann: Player, bob: Player) -> None:
    duel = room_duel(ann, bob)
    shows(ann, duel, 70)
    shows(bob, duel, 30)
    hide(ann)
    text = own_page(reread(ann))
    assert duel.public_id in text
    assert "nobody but you sees this page" in text
    assert "noindex" in text


def test_private_duels_and_hidden_opponents_are_not_told(client: Client, ann: Player, bob: Player, cat: Player) -> None:
    private = room_duel(ann, bob)
    shows(ann, private, 70)
    shows(bob, private, 30)
    against_cat = public_duel(ann, 80, cat, 40)
    hide(cat)
    text = page_of(client, ann)
    assert private.public_id not in text
    assert against_cat.public_id not in text
    assert "Cat" not in text


def test_history_comes_in_pages(client: Client, ann: Player, bob: Player) -> None:
    for _ in range(PAGE + 2):
        public_duel(ann, 80, bob, 40)
    oldest = Duel.objects.earliest("id")
    first = page_of(client, ann).partition('id="history"')[2]
    assert oldest.public_id not in first
    onward = first.partition('href="?after=')[2].partition("#")[0]
    second = page_of(client, ann, f"?after={onward}")
    assert oldest.public_id in second
    assert "The newest" in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("after", ["", "x", "bm90IGpzb24", cursors.write(1.0, "a"), cursors.write("2026", "a", "b")])
def test_an_odd_page_is_not_found(client: Client, ann: Player, after: str) -> None:
    assert client.get(f"/players/{ann.public_id}/?after={after}").status_code == 404


def test_asks_the_database_as_often_for_a_long_history_as_for_a_short_one(
    client: Client, ann: Player, bob: Player, django_assert_num_queries: Counted
) -> None:
    public_duel(ann, 80, bob, 40)
    with django_assert_num_queries(14):
        page_of(client, ann)
    for _ in range(5):
        public_duel(ann, 80, bob, 40)
    with django_assert_num_queries(14):
        page_of(client, ann)


def test_previews_name_a_picture_by_its_full_address(client: Client, ann: Player, settings: object) -> None:
    settings.BASE_URL = "https://duel.example.org"  # type: ignore[attr-defined]
    text = page_of(client, ann)
    address = f"https://duel.example.org/players/{ann.public_id}/"
    assert f'<meta property="og:image" content="{address}card.jpg?language=en">' in text
    assert f'<link rel="canonical" href="{address}">' in text


def test_emotions_stand_by_their_mean(client: Client, ann: Player, bob: Player) -> None:
    for slug, match in (("anger", 20), ("fear", 60)):
        duel = public_duel(ann, match, bob, 40)
        Duel.objects.filter(pk=duel.pk).update(prompt=a_prompt(slug, emotions=[slug]))
    means = page_of(client, ann).partition('class="means"')[2]
    assert means.index("fear") < means.index("anger")


class TestTheLineOfRatings:
    def line(self, *mus: float, days: float = 1.0) -> charts.RatingChart:
        begin = datetime(2026, 3, 1, 12, tzinfo=UTC)
        rows = [(begin + timedelta(days=days * number), mu, 8 - 0.01 * number) for number, mu in enumerate(mus)]
        chart = charts.rating_chart(rows)
        assert chart
        return chart

    def test_needs_two_duels(self) -> None:
        assert charts.rating_chart([]) is None
        assert charts.rating_chart([(datetime.now(UTC), 25.0, 8.0)]) is None

    def test_rises_with_the_rating_and_stays_between_its_levels(self) -> None:
        chart = self.line(25, 27, 26)
        first, best, last = chart.points
        assert best.y < last.y < first.y
        assert (first.x, last.x) == (charts.LEFT, charts.RIGHT)
        assert charts.TOP <= chart.levels[-1].at <= best.y
        assert chart.levels[0].at == charts.BASE

    @pytest.mark.parametrize("count", [2, 79, 80, 81, 1000])
    def test_is_thinned_between_its_ends(self, count: int) -> None:
        chart = self.line(*(25 + number / 100 for number in range(count)))
        assert len(chart.points) == min(count, charts.MOST_POINTS)
        assert chart.last.rating == round(1500 + 40 * (count - 1) / 100)

    @pytest.mark.parametrize(("low", "high"), [(1500, 1500), (1140, 1860), (-40, 90), (1234, 1239), (0, 90000)])
    def test_has_few_round_levels(self, low: int, high: int) -> None:
        levels = charts.scale(low, high)
        assert levels[0] <= low <= high <= levels[-1]
        assert 2 <= len(levels) <= charts.MOST_LEVELS or high > 10000
        assert len({b - a for a, b in pairwise(levels)}) == 1

    @pytest.mark.parametrize(("days", "first"), [(0.01, "12:00"), (1.0, "1 mar"), (200.0, "mar 2026")])
    def test_tells_time_as_finely_as_it_needs(self, days: float, first: str) -> None:
        with translation.override("en"):
            found = [tick.text.lower() for tick in self.line(25, 26, 27, days=days).ticks]
        assert found[0] == first
        assert len(set(found)) == len(found)

    def test_of_duels_at_one_moment_is_drawn_all_the_same(self) -> None:
        assert len(self.line(25, 26, days=0).ticks) == 1


class TestTheRadar:
    def test_has_a_spoke_for_each_emotion_and_a_shape_from_three_on(self) -> None:
        assert charts.radar({}) is None
        few = charts.radar({"anger": 50.0, "fear": 20.0})
        assert few
        assert (len(few.spokes), few.shape) == (7, "")
        assert few.spokes[0].mean is None
        more = charts.radar({"anger": 50.0, "fear": 20.0, "neutral": 100.0})
        assert more
        assert len(more.shape.split()) == 3

    def test_points_upwards_for_the_first_and_reaches_the_rim_at_a_hundred(self) -> None:
        assert charts.towards(0, 100) == (charts.MIDDLE[0], charts.MIDDLE[1] - charts.REACH)
        assert charts.towards(3, 0) == charts.MIDDLE


def test_a_player_without_a_name_is_someone(client: Client, ann: Player) -> None:
    nameless = newcomer("")
    Player.objects.filter(pk=nameless.pk).update(name="", name_key=None)
    duel = random_duel(ann, nameless)
    shows(ann, duel, 80)
    shows(nameless, duel, 20)
    assert "someone" in page_of(client, ann)
    assert Entry.objects.filter(duel=duel).count() == 2
