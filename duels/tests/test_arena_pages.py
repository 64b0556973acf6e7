"""The arena as a browser sees it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from duels import arena, jobs
from duels.arena import Sitter, faces
from duels.arena.setting_up import PER_MINUTE
from duels.models import ArenaDuel, ArenaEntry, Prompt
from duels.play import Seen
from duels.tests.test_arena import JPEG, grow_old, shows
from duels.tests.world import a_prompt

pytestmark = pytest.mark.django_db

START = {"players": "2", "name": ["Ann", "Bob", "", ""], "prompt": "joy", "wording": ""}


@pytest.fixture
def duel(prompt: Prompt) -> ArenaDuel:
    return arena.open_duel([Sitter("Ann"), Sitter("Bob")], "en", prompt)


def text(client: Client, path: str, language: str = "en") -> str:
    return client.get(path, headers={"accept-language": language}).content.decode()


def address(duel: ArenaDuel, *more: str) -> str:
    return "/".join(["/arena", duel.token, *more, ""])


def sends(client: Client, duel: ArenaDuel, seat: int, photo: bytes = JPEG) -> Any:
    return client.post(address(duel, "photo", str(seat)), photo, content_type="application/octet-stream")


def decided(duel: ArenaDuel, *matches: float) -> None:
    for seat, match in enumerate(matches):
        arena.add_photo(duel, seat, JPEG)
        shares = {"happiness": 0.8, "surprise": 0.15, "neutral": 0.05}
        entry = duel.entries.get(seat=seat)
        arena.record(entry.pk, entry.attempt, Seen("EmotionDuel-S", "v1", score=0.3, match=match, shares=shares))
    jobs.draw_arena()


class TestTheEntrance:
    def test_offers_names_a_prompt_and_a_pair_of_drawn_faces(self, client: Client, prompt: Prompt) -> None:
        page = text(client, "/arena/")
        assert "Show joy" in page
        assert page.count('name="name"') == 4 + 2
        assert page.count('name="bet"') == 2
        assert "Покажи joy" in text(client, "/arena/", "ru")

    def test_opens_a_duel_under_an_address_of_its_own(self, client: Client, prompt: Prompt) -> None:
        answer = client.post("/arena/", START)
        duel = ArenaDuel.objects.get()
        assert (answer.status_code, answer.headers["location"]) == (302, address(duel))
        assert list(duel.entries.order_by("seat").values_list("name", "drawn")) == [("Ann", ""), ("Bob", "")]

    def test_gives_who_is_alone_a_drawn_face(self, client: Client, prompt: Prompt) -> None:
        client.post("/arena/", START | {"players": "1"})
        assert [bool(entry.drawn) for entry in ArenaEntry.objects.order_by("seat")] == [False, True]

    def test_takes_a_prompt_of_ones_own(self, client: Client, prompt: Prompt) -> None:
        client.post("/arena/", START | {"wording": "  anger with a\u200b smile "})
        duel = ArenaDuel.objects.get()
        assert (duel.prompt, duel.wording) == (None, "anger with a smile")

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ({"wording": "злость"}, "reads English only"),
            ({"wording": "j" * 81}, "3 to 80"),
            ({"name": ["Ann", "ann", "", ""]}, "look the same"),
            ({"name": ["<script>", "Bob", "", ""]}, "make a name"),
            ({"name": ["A", "Bob", "", ""]}, "2 to 24"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, client: Client, prompt: Prompt, more: dict[str, Any], told: str
    ) -> None:
        answer = client.post("/arena/", START | more)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert told in page
        assert 'value="Bob"' in page or 'value="ann"' in page
        assert 'aria-invalid="true"' in page
        assert not ArenaDuel.objects.exists()

    def test_draws_another_prompt_and_other_names(self, client: Client, prompt: Prompt) -> None:
        a_prompt("fear")
        page = client.post("/arena/redraw/", START | {"what": "prompt"}).content.decode()
        assert "Show fear" in page
        assert 'value="Ann"' in page
        page = client.post("/arena/redraw/", START | {"what": "names"}).content.decode()
        assert "Show joy" in page
        assert 'value="Ann"' not in page

    def test_stands_open_without_any_prompt(self, client: Client, db: None) -> None:
        assert client.get("/arena/").status_code == 200
        answer = client.post("/arena/", START)
        assert answer.status_code == 422
        client.post("/arena/", START | {"wording": "joy with closed eyes"})
        assert ArenaDuel.objects.get().wording == "joy with closed eyes"

    @pytest.mark.parametrize("players", ["0", "5", "x", "", "²"])
    def test_takes_odd_numbers_for_one(self, client: Client, prompt: Prompt, players: str) -> None:
        client.post("/arena/", START | {"players": players})
        assert ArenaEntry.objects.count() == 2

    def test_wants_its_own_token(self, prompt: Prompt) -> None:
        assert Client(enforce_csrf_checks=True).post("/arena/", START).status_code == 403


class TestThePair:
    BET = {"prompt": "joy", "face": ["happiness-2", "anger-0"], "name": ["Fox", "Owl"], "bet": "1"}

    def test_plays_at_once(self, client: Client, prompt: Prompt) -> None:
        answer = client.post("/arena/try/", self.BET)
        duel = ArenaDuel.objects.get()
        assert answer.headers["location"] == address(duel)
        assert duel.bet == 1
        assert [entry.status for entry in duel.entries.all()] == ["sent", "sent"]
        assert "The judge is looking" in text(client, address(duel))

    def test_tells_who_guessed_right(self, client: Client, prompt: Prompt) -> None:
        for bet, told in (("0", "You know your faces: Fox wins!"), ("1", "The judge begs to differ: Fox wins!")):
            client.post("/arena/try/", self.BET | {"bet": bet})
            duel = ArenaDuel.objects.latest("id")
            decided(duel, 90.0, 20.0)
            assert told in text(client, address(duel))

    @pytest.mark.parametrize(
        "more",
        [{"face": ["../secret", "anger-0"]}, {"face": ["anger-0"]}, {"bet": "2"}, {"bet": ""}, {"prompt": "none"}],
    )
    def test_plays_nothing_else(self, client: Client, prompt: Prompt, more: dict[str, Any]) -> None:
        assert client.post("/arena/try/", self.BET | more).headers["location"] == "/arena/"
        assert not ArenaDuel.objects.exists()

    def test_is_of_faces_that_are_there(self, client: Client, prompt: Prompt) -> None:
        for face in faces.pair(["anger"]):
            assert client.get(f"/static/faces/{face}.webp").getvalue() == faces.photo_of(face)


class TestADuelsPage:
    def test_calls_one_after_the_other(self, client: Client, duel: ArenaDuel) -> None:
        assert "Ann, your face!" in text(client, address(duel))
        assert sends(client, duel, 0).status_code == 204
        assert "Bob, your face!" in text(client, address(duel, "stage"))
        sends(client, duel, 1)
        assert "The judge is looking" in text(client, address(duel, "stage"))

    def test_asks_again_whose_face_was_not_found(self, client: Client, duel: ArenaDuel) -> None:
        shows(duel, 0, None)
        page = text(client, address(duel))
        assert "Ann, your face!" in page
        assert "found no face" in page
        shows(duel, 0, None, "heic")
        assert "HEIC" in text(client, address(duel))

    def test_ends_with_a_verdict(self, client: Client, duel: ArenaDuel) -> None:
        decided(duel, 41.0, 87.4)
        page = text(client, address(duel))
        assert "Bob wins!" in page
        assert page.index("87.4") < page.index("41.0")
        assert "mostly joy, some surprise" in page
        assert "Побеждает Bob!" in text(client, address(duel), "ru")
        card = client.get(address(duel, "card.jpg").rstrip("/"))
        assert (card.headers["content-type"], card.content[:2]) == ("image/jpeg", b"\xff\xd8")

    def test_may_end_in_a_draw(self, client: Client, duel: ArenaDuel) -> None:
        decided(duel, 50.0, 50.0)
        assert "A draw!" in text(client, address(duel))

    def test_shows_the_result_where_no_picture_could_be_drawn(self, client: Client, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        shows(duel, 1, 50.0)
        arena.keep_card(duel.pk, None)
        assert "card.jpg" not in text(client, address(duel))
        assert client.get(address(duel, "card.jpg").rstrip("/")).status_code == 404

    def test_counts_rounds(self, client: Client, duel: ArenaDuel) -> None:
        decided(duel, 41.0, 87.4)
        second = client.post(address(duel, "again"))
        again = ArenaDuel.objects.latest("id")
        assert second.headers["location"] == address(again)
        decided(again, 60.0, 10.0)
        assert "Ann 1, Bob 1" in text(client, address(again))

    def test_owns_up_to_a_broken_judge(self, client: Client, duel: ArenaDuel) -> None:
        sends(client, duel, 0)
        sends(client, duel, 1)
        ArenaEntry.objects.update(status="failed")
        assert "our fault" in text(client, address(duel))
        client.post(address(duel, "retry"))
        assert set(ArenaEntry.objects.values_list("status", flat=True)) == {"sent"}

    def test_says_more_the_longer_it_takes(self, client: Client, duel: ArenaDuel) -> None:
        sends(client, duel, 0)
        sends(client, duel, 1)
        grow_old(0.3)
        assert "putting its glasses on" in text(client, address(duel))
        grow_old(2)
        assert "The judge is away" in text(client, address(duel))

    def test_is_nobody_elses(self, client: Client, duel: ArenaDuel) -> None:
        for path in ("/arena/" + "x" * 22 + "/", f"/arena/{duel.pk}/"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "This duel is gone" in answer.content.decode()

    def test_is_kept_by_no_cache_and_found_by_no_search(self, client: Client, duel: ArenaDuel) -> None:
        headers = client.get(address(duel)).headers
        assert "no-store" in headers["cache-control"]
        assert headers["x-robots-tag"] == "noindex"

    def test_asks_the_database_little(
        self, client: Client, duel: ArenaDuel, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        sends(client, duel, 0)
        with django_assert_max_num_queries(2):
            client.get(address(duel, "stage"))


class TestAPhotosDoor:
    def test_takes_a_form_too(self, client: Client, duel: ArenaDuel) -> None:
        file = SimpleUploadedFile("me.jpg", JPEG, "image/jpeg")
        assert client.post(address(duel, "photo", "0"), {"photo": file}).headers["location"] == address(duel)
        assert duel.entries.get(seat=0).status == "sent"
        answer = client.post(address(duel, "photo", "1"), {"photo": ""})
        assert answer.status_code == 422
        assert "No picture has arrived" in answer.content.decode()

    def test_says_why_it_takes_none(self, client: Client, duel: ArenaDuel) -> None:
        answer = sends(client, duel, 0, b"")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "text/plain; charset=utf-8")
        assert "No picture" in answer.content.decode()

    def test_takes_twenty_megabytes_and_no_more(self, client: Client, duel: ArenaDuel) -> None:
        assert sends(client, duel, 0, b"x" * 20_000_000).status_code == 204
        assert sends(client, duel, 0, b"x" * 20_000_001).status_code == 413
        file = SimpleUploadedFile("me.jpg", b"x" * 20_000_001, "image/jpeg")
        assert client.post(address(duel, "photo", "1"), {"photo": file}).status_code == 413

    def test_looks_into_no_photo(self, client: Client, duel: ArenaDuel) -> None:
        """The judge says what it is: here a stranger's bytes are carried, not opened."""
        assert sends(client, duel, 0, b"\0" * 1000).status_code == 204

    def test_is_narrow(self, client: Client, duel: ArenaDuel) -> None:
        for _ in range(PER_MINUTE):
            arena.knock("127.0.0.1")
        assert sends(client, duel, 0).status_code == 429
        assert client.post("/arena/", START).status_code == 429
        assert client.post(address(duel, "again")).status_code == 429
        elsewhere = client.post("/arena/", START, headers={"x-forwarded-for": "1.2.3.4, 10.0.0.9"})
        assert elsewhere.status_code == 302

    def test_is_not_widened_by_an_invented_header(self, client: Client, prompt: Prompt) -> None:
        for number in range(PER_MINUTE):
            client.post("/arena/", START, headers={"x-forwarded-for": f"1.2.3.{number}, 10.0.0.9"})
        last = client.post("/arena/", START, headers={"x-forwarded-for": "1.2.3.99, 10.0.0.9"})
        assert last.status_code == 429

    def test_wants_its_own_token(self, duel: ArenaDuel) -> None:
        assert sends(Client(enforce_csrf_checks=True), duel, 0).status_code == 403

    @pytest.mark.parametrize("path", ["", "stage", "card.jpg"])
    def test_is_another_than_for_reading(self, client: Client, duel: ArenaDuel, path: str) -> None:
        where = address(duel, path).rstrip("/") if path == "card.jpg" else f"/arena/{duel.token}/{path and path + '/'}"
        assert client.post(where).status_code == 405
        assert client.get(address(duel, "photo", "0")).headers["Location"] == address(duel)
