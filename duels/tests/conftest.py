import pytest
from django.test import Client

from accounts.models import Player
from duels.models import Case, Duel, Prompt
from duels.tests.moderators import reported, staff
from duels.tests.seasons import ended_duel
from duels.tests.world import a_prompt, newcomer
from emotionduel.groups import MODERATORS


@pytest.fixture
def prompt(db: None) -> Prompt:
    return a_prompt()


@pytest.fixture
def ann(prompt: Prompt) -> Player:
    return newcomer("Ann")


@pytest.fixture
def bob(prompt: Prompt) -> Player:
    return newcomer("Bob")


@pytest.fixture
def cat(prompt: Prompt) -> Player:
    return newcomer("Cat")


@pytest.fixture
def dan(prompt: Prompt) -> Player:
    return newcomer("Dan")


@pytest.fixture
def duel(ann: Player, bob: Player, prompt: Prompt) -> Duel:
    """It is over, and Ann has won it."""
    return ended_duel({ann: 80, bob: 40}, prompt)


@pytest.fixture
def mod(client: Client, db: None) -> Client:
    """A moderator's browser."""
    client.force_login(staff("mod", MODERATORS))
    return client


@pytest.fixture
def case(duel: Duel, ann: Player, bob: Player) -> Case:
    """Bob has reported Ann."""
    return reported(bob, duel, ann)
