"""The table of what is kept: it knows every field, the words are made of it, and the job does what they say."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.utils import timezone, translation

from accounts.models import Barred, Browser, Player, SignInLink
from duels import arena, privacy, reconcile, retention
from duels.models import Entry, EntryHash, Notice, Update
from duels.telegram.tests.letters import read, says
from duels.tests.world import entry_of, played
from duels.views.privacy import A_DAY

OLD = timedelta(seconds=1)


def written() -> Iterator[str]:
    """Each field of each model that the table names."""
    for row in retention.KEPT:
        for label, names in row.fields.items():
            fields = apps.get_model(label)._meta.concrete_fields
            chosen = [field.name for field in fields] if names == retention.EVERY_FIELD else names.split()
            yield from (f"{label}.{name}" for name in chosen)


def test_every_field_of_every_model_is_in_one_row_of_the_table() -> None:
    tables = [model for model in apps.get_models() if model._meta.managed]
    models = [model for model in tables if model._meta.label not in retention.OF_NOBODY]
    there = {f"{model._meta.label}.{field.name}" for model in models for field in model._meta.concrete_fields}
    count = Counter(written())
    assert there - count.keys() == set(), "say in retention.KEPT for how long and why it is kept"
    assert count.keys() - there == set(), "retention.KEPT speaks of what is not there"
    assert [name for name, times in count.items() if times > 1] == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_words_name_the_times_that_the_site_obeys(language: str, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "LETTERS", timedelta(days=11))
    monkeypatch.setattr(retention, "PHOTO_TRACES", timedelta(days=41))
    monkeypatch.setattr(arena, "KEPT", timedelta(minutes=17))
    settings.SESSION_COOKIE_AGE = 23 * A_DAY
    with translation.override(language):
        said = dict(privacy.sections(site=True))
        titles = [row.said()[0] for row in retention.KEPT]
    letters, photos, signing_in, place = (said[titles[number]] for number in (3, 2, 7, 8))
    assert " 11 " in letters
    assert " 41 " in photos
    assert " 23 " in signing_in
    assert " 17 " in place


def test_the_job_goes_by_the_times_that_the_words_name(ann: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "LETTERS", timedelta(days=1))
    Update.objects.create(update_id=1, payload={"a": 1}, status="done", received_at=timezone.now() - timedelta(days=2))
    assert retention.drop_updates() == 1


def aged(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def test_letters_go_after_a_week(ann: Player) -> None:
    for number, (days, status) in enumerate([(6.9, "done"), (7.1, "done"), (7.1, "failed"), (7.1, "waiting")]):
        Update.objects.create(update_id=number, payload={"a": 1}, status=status, received_at=aged(days))
        status = "sent" if status == "done" else status
        Notice.objects.create(player=ann, kind="answer", params={"a": 1}, status=status, created=aged(days))
    assert (retention.drop_updates(), retention.drop_notices()) == (2, 2)
    assert list(Update.objects.order_by("pk").values_list("update_id", flat=True)) == [0, 3]
    assert list(Notice.objects.order_by("pk").values_list("status", flat=True)) == ["sent", "waiting"]


def test_what_leads_to_photos_goes_after_thirty_days_and_the_score_stays(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    Entry.objects.update(content_hash="hash", picture_hash="near", album="album", frame_ms=5)
    Entry.objects.filter(player=ann).update(sent_at=aged(30.1))
    Entry.objects.filter(player=bob).update(sent_at=aged(29.9))
    assert retention.drop_traces() == 1
    hers, his = entry_of(ann, duel), entry_of(bob, duel)
    assert {name: getattr(hers, name) for name in retention.LEADS_TO_PHOTO} == retention.LEADS_TO_PHOTO
    assert (hers.match, hers.outcome) == (80, "win")
    assert (his.file_id, his.content_hash) == ("photo", "hash")
    assert retention.drop_traces() == 0


def test_what_a_picture_is_known_by_goes_with_what_leads_to_it(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    for player, days in ((ann, 31), (bob, 29)):
        entry = entry_of(player, duel)
        EntryHash.objects.create(entry=entry, rough=b"rough", close=b"close", created=aged(days))
    assert retention.steps()["hashes dropped"]() == 1
    assert EntryHash.objects.get().entry.player == bob


def test_what_has_ended_goes(ann: Player) -> None:
    SignInLink.objects.create(player=ann, digest="old", expires_at=timezone.now() - OLD)
    SignInLink.objects.create(player=ann, digest="new", expires_at=timezone.now() + OLD)
    Browser.objects.create(player=ann, session_key="old", since=aged(15))
    Browser.objects.create(player=ann, session_key="new", since=aged(13))
    Barred.objects.create(digest="old", until=timezone.now() - OLD)
    Barred.objects.create(digest="new", until=timezone.now() + timedelta(hours=1))
    assert [step() for step in list(retention.steps().values())[4:7]] == [1, 1, 1]
    assert SignInLink.objects.get().digest == Barred.objects.get().digest == Browser.objects.get().session_key == "new"


@pytest.mark.django_db
def test_guesses_at_a_moderators_password_go_after_a_day() -> None:
    rows: dict[Any, dict[str, Any]] = {
        AccessAttempt: {"get_data": "", "post_data": "", "failures_since_start": 5},
        AccessFailureLog: {"locked_out": True},
        AccessLog: {"session_hash": ""},
    }
    for model, fields in rows.items():
        for days in (0.9, 1.1):
            row = model.objects.create(username="mod", user_agent=f"of {days} days", **fields)
            model.objects.filter(pk=row.pk).update(attempt_time=aged(days))
    assert [retention.drop_guesses(), retention.drop_guesses()] == [3, 0]
    assert [model.objects.get().user_agent for model in rows] == ["of 0.9 days"] * 3


@pytest.mark.parametrize(("language", "words"), [("en", "picture of your face"), ("ru", "снимка твоего лица")])
def test_the_words_name_what_copies_are_known_by(language: str, words: str) -> None:
    """EntryHash holds figures made of the picture itself, not of the file alone."""
    with translation.override(language):
        row = next(row for row in retention.KEPT if "duels.EntryHash" in row.fields)
        assert words in row.said()[1]
        assert f" {retention.PHOTO_TRACES.days} " in row.said()[1]


def test_a_round_takes_no_more_than_it_may(ann: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    rows = [Update(update_id=number, payload={}, status="done", received_at=aged(8)) for number in range(5)]
    Update.objects.bulk_create(rows)
    assert [retention.drop_updates() for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.django_db
def test_the_reconciler_does_it() -> None:
    assert retention.steps().keys() <= reconcile.steps(timezone.now()).keys()


def test_the_bot_says_it_in_one_message(ann: Player) -> None:
    for language in ("en", "ru"):
        Player.objects.update(language=language)
        says(ann, "/privacy", language)
        assert len(read(ann).text) < 4096
