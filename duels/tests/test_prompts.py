import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Player
from accounts.refusals import Refused
from duels import prompts
from duels.models import Prompt
from duels.refusals import Refusal
from duels.tests.world import a_prompt, newcomer, room_duel, shows
from emotionduel.languages import compile_catalogues
from scoring import EMOTIONS

SHIPPED = prompts.shipped()
ALL = {fields["slug"]: fields for fields in SHIPPED}


def test_at_least_120_ship_of_every_kind() -> None:
    kinds = Counter(fields["kind"] for fields in SHIPPED)
    assert len(SHIPPED) >= 120
    assert kinds.keys() == set(Prompt.Kind.values)
    assert min(kinds.values()) >= 20


def test_the_four_are_there_word_for_word() -> None:
    russian = {fields["ru"] for fields in SHIPPED}
    assert {
        "Покажи гнев с улыбкой",
        "Продемонстрируй удивление и спокойствие одновременно",
        "Сделай грусть красивой",
    } <= russian
    assert "joy with closed eyes" in {fields["en"] for fields in SHIPPED}


@pytest.mark.parametrize("slug", ALL)
def test_each_is_whole(slug: str) -> None:
    fields = ALL[slug]
    Prompt(**fields).full_clean(validate_unique=False, validate_constraints=False)
    assert fields["difficulty"] in (1, 2, 3)
    assert fields["emotions"]
    assert set(fields["emotions"]) <= set(EMOTIONS)
    assert re.search("[а-яё]", fields["ru"])
    assert not re.search("[а-яё]", fields["en"] + fields["judged"], re.IGNORECASE)
    assert len(fields["emotions"]) == 2 or fields["kind"] != "two"


@pytest.mark.parametrize("name", ["slug", "ru", "en", "judged"])
def test_no_two_are_the_same(name: str) -> None:
    assert max(Counter(fields[name].lower() for fields in SHIPPED).values()) == 1


@pytest.mark.django_db
def test_they_are_loaded_once_and_left_as_moderators_leave_them() -> None:
    call_command("load_prompts")
    Prompt.objects.filter(slug=SHIPPED[0]["slug"]).update(active=False, en="Reworded")
    call_command("load_prompts")
    assert Prompt.objects.count() == len(SHIPPED)
    changed = Prompt.objects.get(slug=SHIPPED[0]["slug"])
    assert (changed.active, changed.en) == (False, "Reworded")


def test_a_player_does_not_get_one_of_the_last_ten_again(ann: Player, bob: Player) -> None:
    for number in range(13):
        a_prompt(f"prompt-{number}")
    drawn = []
    for _ in range(2 * prompts.REMEMBERED + 2):
        duel = room_duel(ann, bob)
        drawn.append(duel.prompt_id)
        shows(ann, duel, 50)
        shows(bob, duel, 60)
    for place, prompt in enumerate(drawn):
        assert prompt not in drawn[max(0, place - prompts.REMEMBERED) : place]


def test_of_several_players_each_ones_last_are_left_out(ann: Player, bob: Player, cat: Player) -> None:
    other = a_prompt("other")
    played = room_duel(ann, cat).prompt_id
    [left] = {*Prompt.objects.values_list("pk", flat=True)} - {played}
    assert other.pk in (left, played)
    assert {prompts.draw([bob.pk, ann.pk]).pk for _ in range(10)} == {left}


def test_with_hardly_any_one_comes_again(ann: Player, bob: Player, prompt: Prompt) -> None:
    room_duel(ann, bob)
    assert prompts.draw([ann.pk]) == prompt


def test_with_none_it_is_said(prompt: Prompt) -> None:
    Prompt.objects.update(active=False)
    with pytest.raises(Refused) as refused:
        prompts.draw([newcomer().pk])
    assert refused.value.reason == Refusal.NO_PROMPTS


def test_players_read_them_in_their_own_language(prompt: Prompt) -> None:
    assert (prompt.text("ru"), prompt.text("en"), prompt.text("de")) == ("Покажи joy", "Show joy", "Show joy")


def test_a_third_language_has_them_in_its_po_file(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(head + 'msgid "Show joy"\nmsgstr "Zeig Freude"\n')
    compile_catalogues(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    assert Prompt(ru="Покажи радость", en="Show joy").text("de") == "Zeig Freude"
    assert Prompt(ru="Покажи гнев", en="Show anger").text("de") == "Show anger"
