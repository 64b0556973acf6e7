from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from emotionduel import checks


def ids(check: Callable[..., Any]) -> list[str]:
    return [message.id for message in check(app_configs=None)]


def test_a_fresh_machine_has_no_errors() -> None:
    assert [message for message in run_checks() if message.is_serious()] == []


def test_a_judge_without_weights_is_told(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.SCORER = tmp_path, None
    assert ids(checks.weights_ship) == ["emotionduel.W001"]


def test_a_judge_of_ones_own_needs_no_shipped_weights(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.SCORER = tmp_path, "ViT-H-14"
    assert ids(checks.weights_ship) == []


@pytest.mark.parametrize("secret", ["changeme", "a" * 60])
def test_a_secret_that_can_be_guessed_is_an_error(settings: Any, secret: str) -> None:
    settings.SECRET_KEY = secret
    assert ids(checks.secret_key_is_secret) == ["emotionduel.E002"]


@pytest.mark.parametrize(
    ("url", "debug", "expected"),
    [
        ("", True, []),
        ("http://localhost:8000", True, []),
        ("http://[::1]:8000", True, []),
        ("https://duel.example.org", False, []),
        ("https://duel.example.org", True, ["emotionduel.E003"]),
        ("http://duel.example.org", False, ["emotionduel.W004"]),
    ],
)
def test_a_public_address_asks_for_https_and_no_debug(
    settings: Any, url: str, debug: bool, expected: list[str]
) -> None:
    settings.BASE_URL, settings.DEBUG = url, debug
    assert ids(checks.base_url_is_safe) == expected
