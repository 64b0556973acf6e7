"""`manage.py simulate`: what it refuses at once, and a short game on a site that runs."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from emotionduel.environment import read_file
from tests.botapi import BotApi
from tests.duels.site import ROOT, Site, free_port


@pytest.fixture
def here(settings: Any) -> Any:
    """Settings of a site that could be played on, were it running."""
    settings.TELEGRAM_API_URL = f"http://127.0.0.1:{free_port()}"
    settings.BASE_URL = f"http://127.0.0.1:{free_port()}"
    settings.TELEGRAM_BOT_TOKEN = "1:simulation"
    return settings


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("simulate", *words)
    return str(caught.value)


def test_nobody_but_us_is_ever_played_with(here: Any) -> None:
    here.TELEGRAM_API_URL = "https://api.telegram.org"
    assert "TELEGRAM_API_URL is https://api.telegram.org: simulated players stay on loopback" in refusal()


def test_a_site_elsewhere_is_not_played_on(here: Any) -> None:
    here.BASE_URL = "https://duel.example.org"
    assert "BASE_URL is https://duel.example.org" in refusal()


def test_it_says_how_to_start_a_site(here: Any) -> None:
    assert f"No site answers at {here.BASE_URL}.\nStart a site" in refusal()


def test_a_token_is_needed(here: Any) -> None:
    here.TELEGRAM_BOT_TOKEN = ""
    assert "TELEGRAM_BOT_TOKEN" in refusal()


@pytest.mark.parametrize("words", [("--players", "1"), ("--duels", "0")])
def test_a_game_needs_players_and_duels(words: tuple[str, ...]) -> None:
    assert "two players" in refusal(*words)


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_two_simulations_do_not_meet(here: Any, listening: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duels.management.commands.simulate.answers", lambda url: True)
    here.TELEGRAM_API_URL = f"http://127.0.0.1:{listening}"
    assert "another simulation?" in refusal()


def test_the_settings_that_are_proposed_stay_here() -> None:
    proposed = read_file(ROOT / "tests/simulation/site.env")
    assert {"127.0.0.1"} == {proposed[name].split(":")[1].strip("/") for name in ("BASE_URL", "TELEGRAM_API_URL")}
    assert proposed["DATA_DIR"] != "var/"


@pytest.mark.slow
def test_four_players_play_three_duels() -> None:
    """The site runs on while its first Bot API server goes and the simulation's own takes its place."""
    api = BotApi()
    api.start()
    with Site(api) as site:
        api.stop()
        said = site.manage("simulate", "--players", "4", "--duels", "3")
        assert "3 duels of 4 players" in said
        assert "would have refused: 0 of" in said
        [[played]] = site.rows("select count(*) from duels_duel where status = 'finished'")
    assert played == 3
