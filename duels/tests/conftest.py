import pytest

from accounts.models import Player
from duels.models import Prompt
from duels.tests.world import a_prompt, newcomer


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
