from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory

from accounts import services
from accounts.models import Player
from duels import deadlines, lobby, play
from duels.models import Duel, Entry
from duels.telegram import keyboards
from duels.tests.world import entry_of, public_duel, random_duel, reread, room_duel, shows, time_is_up
from duels.views import duels

Counted = Callable[[int], AbstractContextManager[object]]


def page_of(client: Client, duel: Duel) -> str:
    answer = client.get(f"/duels/{duel.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def page_for(reader: Player, duel: Duel) -> str:
    request = RequestFactory().get(f"/duels/{duel.public_id}/")
    request.player = reader  # type: ignore[attr-defined]
    return duels.duel(request, duel.public_id).content.decode()


def judged_in_full(player: Player, duel: Duel) -> None:
    about = {"shares": {"happiness": 0.81, "anger": 0.19}, "valence": 0.5, "arousal": -0.25, "score": 0.2731}
    Entry.objects.filter(pk=entry_of(player, duel).pk).update(**about)


def test_tells_who_won_by_how_much_and_what_the_judge_saw(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    judged_in_full(ann, duel)
    text = page_of(client, duel)
    for found in ("“Show joy”", "87.4", "61.2", "26.2", "1500? → ", "81%", "anger", "+0.50", "−0.25", "test 1"):
        assert found in text, found
    assert f'href="/players/{ann.public_id}/"' in text
    assert 'cx="144.0" cy="122.0"' in text
    assert "noindex" not in text
    assert "X-Robots-Tag" not in client.get(f"/duels/{duel.public_id}/").headers


def test_of_a_private_room_is_for_who_has_the_link_and_for_no_search_engine(
    client: Client, ann: Player, bob: Player
) -> None:
    duel = room_duel(ann, bob)
    text = page_of(client, duel)
    assert '<meta name="robots" content="noindex">' in text
    assert client.get(f"/duels/{duel.public_id}/").headers["X-Robots-Tag"] == "noindex"
    assert "Ann" in text


def test_the_bots_share_button_leads_there(client: Client, ann: Player, bob: Player, settings: object) -> None:
    settings.BASE_URL = "http://testserver"  # type: ignore[attr-defined]
    duel = room_duel(ann, bob)
    assert client.get(keyboards.duel_link(duel)).status_code == 200


def test_of_practice_is_for_its_player_alone(client: Client, ann: Player, bob: Player) -> None:
    practice = lobby.practise(ann)
    assert client.get(f"/duels/{practice.public_id}/").status_code == 404
    shows(ann, practice, 70)
    assert client.get(f"/duels/{practice.public_id}/").status_code == 404
    assert client.get(f"/duels/{practice.public_id}/card.jpg").status_code == 404
    assert "70.0" in page_for(ann, practice)


@pytest.mark.parametrize("way", [services.anonymise, lambda one: hide(one)])
def test_who_left_the_leaderboard_is_someone(
    client: Client, ann: Player, bob: Player, way: Callable[[Player], None]
) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    judged_in_full(bob, duel)
    way(bob)
    text = page_of(client, duel)
    for found in ("Bob", bob.public_id, "81%", "+0.50"):
        assert found not in text, found
    assert text.count("1500? → ") == 1
    assert "someone" in text
    assert "61.2" in text
    assert "noindex" in text


def hide(player: Player) -> None:
    services.change_setting(player, services.Setting.ON_LEADERBOARD, False)


def test_who_took_part_sees_the_other_all_the_same_but_no_link(ann: Player, bob: Player, cat: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    hide(bob)
    assert "Bob" in page_for(ann, duel)
    assert bob.public_id not in page_for(ann, duel)
    assert "Bob" not in page_for(cat, duel)


def test_while_it_runs_it_tells_who_has_sent_but_no_score(client: Client, ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, play.Photo("photo", "unique", datetime.now(UTC)))
    text = page_of(client, duel)
    assert "judging…" in text
    assert "no photo yet" in text
    shows(ann, duel, 87.4)
    text = page_of(client, duel)
    assert "has shown a face" in text
    assert "87.4" not in text
    assert client.get(f"/duels/{duel.public_id}/card.jpg").status_code == 404
    assert "og:image" not in text


def test_says_why_there_is_no_score(client: Client, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    duel = room_duel(ann, bob, cat, dan)
    shows(ann, duel, 40.0)
    shows(bob, duel, None)
    lobby.leave(cat)
    time_is_up(duel)
    deadlines.expire(datetime(2000, 1, 1, tzinfo=UTC))
    text = page_of(client, duel)
    for found in ("no face on the photo", "gave up", "no photo in time", "One player alone showed a face"):
        assert found in text


def test_says_that_a_photo_could_not_be_opened(client: Client, ann: Player, bob: Player) -> None:
    duel = room_duel(ann, bob)
    shows(ann, duel, 40.0)
    shows(bob, duel, None, "damaged")
    time_is_up(duel)
    deadlines.expire(datetime(2000, 1, 1, tzinfo=UTC))
    assert "the photo could not be opened" in page_of(client, duel)


def test_says_why_there_was_no_duel(client: Client, ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    time_is_up(duel)
    deadlines.expire(datetime(2000, 1, 1, tzinfo=UTC))
    assert "Nobody sent a photo in time" in page_of(client, duel)


@pytest.mark.parametrize(("reason", "words"), [("judge", "The judge broke down"), ("cheating", "by a moderator")])
def test_says_why_it_does_not_count(client: Client, ann: Player, bob: Player, reason: str, words: str) -> None:
    duel = random_duel(ann, bob)
    shows(ann, duel, 87.4)
    play.void(duel.pk, reason)
    text = page_of(client, duel)
    assert words in text
    assert "87.4" not in text
    assert "cheating" not in text


def test_a_draw_and_a_friendly_duel(client: Client, ann: Player, bob: Player) -> None:
    duel = room_duel(ann, bob, rated=False)
    shows(ann, duel, 70.0)
    shows(bob, duel, 70.04)
    text = page_of(client, duel)
    assert "a draw" in text
    assert "A friendly duel" in text


def test_asks_the_database_as_often_for_four_as_for_two(
    client: Client, ann: Player, bob: Player, cat: Player, dan: Player, django_assert_num_queries: Counted
) -> None:
    two, four = public_duel(ann, 80, bob, 40), room_duel(ann, bob, cat, dan)
    for duel in (two, four):
        with django_assert_num_queries(2):
            page_of(client, duel)


def test_names_are_escaped(client: Client, ann: Player, bob: Player) -> None:
    Player.objects.filter(pk=ann.pk).update(name="<b>&'\"")
    duel = public_duel(reread(ann), 80, bob, 40)
    assert "<b>&" not in page_of(client, duel)
    assert "<b>&" not in client.get(f"/players/{ann.public_id}/").content.decode()


def test_speaks_russian_too(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    text = client.get(f"/duels/{duel.public_id}/", headers={"accept-language": "ru"}).content.decode()
    assert "«Покажи joy»" in text
    assert "card.jpg?language=ru" in text
