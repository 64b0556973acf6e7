import logging
import sys
from typing import Any

import pytest

from emotionduel.logs import Redacting

TOKEN = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"


@pytest.mark.parametrize("token", [TOKEN, "42:short"])
def test_no_bot_token_reaches_a_log(settings: Any, token: str) -> None:
    settings.TELEGRAM_BOT_TOKEN = token
    try:
        raise ValueError(f"https://api.telegram.org/bot{token}/getMe")
    except ValueError:
        record = logging.LogRecord("x", 40, "x.py", 1, "calling %s", (f"/bot{token}/getMe",), sys.exc_info())
    written = Redacting().format(record)
    assert "/bot<token>/getMe" in written
    assert "Traceback" in written
    assert token not in written


def test_a_token_that_is_not_ours_is_hidden_too(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    record = logging.LogRecord("x", 40, "x.py", 1, f"/bot{TOKEN}/getMe", (), None)
    assert Redacting().format(record) == "/bot<token>/getMe"


def test_nobody_signs_in_by_what_stands_in_a_log(settings: Any) -> None:
    path = "/signin/2BEEQjagiCp5XmzceLf8aggsVLnf3swRg2eqsikgnvw/"
    record = logging.LogRecord("x", 40, "x.py", 1, "Forbidden: %s", (path,), None)
    assert Redacting().format(record) == "Forbidden: /signin/<token>/"
