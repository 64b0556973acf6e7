import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts import services, signin
from accounts.models import Block, Browser, Player
from duels import lobby, mydata, training
from duels.models import EntryHash, ModerationAct, Notice, Report, TrainingPhoto, Update
from duels.telegram import door
from duels.tests.world import entry_of, played, public_duel


def collected(player: Player) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mydata.as_json(player))
    return found


def test_every_model_that_knows_a_player_is_told_of() -> None:
    knowing = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Player or field.name in {"sender", "telegram_id"}
    }
    assert knowing - mydata.OWN.keys() == set(), "say in mydata.OWN which rows are a player's"


def test_every_field_of_every_row_is_in_it(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    services.block(ann, bob)
    Report.objects.create(entry=entry_of(bob, duel), reporter=ann, reason="screen")
    TrainingPhoto.objects.create(player=ann, duel=duel, consent="I agree", text="joy", photo=b"\xff\xd8 face")
    EntryHash.objects.create(entry=entry_of(ann, duel), rough=b"rough", close=b"close")
    Update.objects.create(update_id=1, sender=ann.telegram_id, payload={"message": {"text": "hi"}})
    Browser.objects.create(player=ann, session_key="key")
    ModerationAct.objects.create(player=ann, what="warn", why="screens")
    signin.make_link(ann)
    lobby.find_opponent(ann)
    lobby.open_room(bob, size=2)
    kept = collected(ann)["kept"]
    empty = {name for name, rows in kept.items() if not rows}
    assert empty == {"room"}
    for model in mydata.OWN:
        fields = {field.name for field in model._meta.concrete_fields}
        assert all(row.keys() == fields for row in kept[model._meta.model_name or ""])
    assert kept["player"][0]["telegram_id"] == ann.telegram_id
    assert kept["update"][0]["payload"] == {"message": {"text": "hi"}}
    assert kept["entry"][0]["match"] == 80
    assert kept["block"][0]["other"] == bob.public_id
    assert kept["report"][0]["entry"] == {"duel": duel.public_id, "player": bob.public_id}
    assert kept["seat"][0]["last_opponents"] == [bob.public_id]


def test_of_others_it_holds_public_ids_alone(ann: Player, bob: Player, cat: Player) -> None:
    Player.objects.filter(pk=bob.pk).update(name="Bobadilla", name_key="bobadilla", telegram_id=987654321)
    bob.refresh_from_db()
    played(bob, 40, ann, 80)  # Ann hears that Bob has sent a photo
    services.block(bob, ann)
    Block.objects.create(player=ann, other=cat)
    text = mydata.as_json(ann).decode()
    assert bob.public_id in text
    for secret in ("Bobadilla", "bobadilla", "987654321"):
        assert secret not in text
    assert len(collected(ann)["kept"]["block"]) == 1, "who blocks her is theirs to know"


def test_what_telegram_tells_beside_the_matter_is_not_kept(db: None) -> None:
    person = {"id": 7, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "en"}
    chat = {"id": 7, "type": "private", "first_name": "Anna"}
    message = {"message_id": 3, "date": 5, "chat": chat, "from": person, "text": "You against Bob"}
    door.store({"update_id": 1, "message": message | {"reply_to_message": message, "forward_origin": {"sender": "B"}}})
    door.store({"update_id": 2, "callback_query": {"id": "q", "from": person, "data": "me", "message": message}})
    first, second = (update.payload for update in Update.objects.order_by("update_id"))
    assert "Anna" not in str([first, second])
    assert "Bob" not in str(second)
    assert first["message"]["from"] == {"id": 7, "is_bot": False, "language_code": "en"}
    assert first["message"]["forward_origin"] == {}
    assert second["callback_query"]["message"] == {"message_id": 3, "date": 5, "chat": {"id": 7, "type": "private"}}


def test_the_page_gives_the_same_to_its_owner_alone(client: Client, ann: Player) -> None:
    assert client.get("/me/data/").status_code == 302
    client.post(f"/signin/{signin.make_link(ann)}/")
    answer = client.get("/me/data/")
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["you"] == ann.public_id


@pytest.mark.django_db
def test_its_questions_do_not_grow_with_what_is_kept(
    ann: Player, bob: Player, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        public_duel(ann, 80, bob, 40)
    Notice.objects.update(created=timezone.now())
    training.given_by(ann)
    with django_assert_max_num_queries(len(mydata.OWN) + 1):
        mydata.as_json(ann)
