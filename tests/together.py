"""What stays together where pytest-xdist shares tests out: those of a file, for they share what they start, and those
of files that share a site. Its own groups, by marks, come to nothing with pytest 9.2.
"""

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SITES = (
    "tests/browser/",
    "tests/duels/test_(beside_duels|presses|refusals|stories)",
    "tests/duels/test_(restart|verdicts)",
)


class BySite(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((site for site in SITES if re.match(site, nodeid)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return BySite(config, log) if config.getvalue("dist") == "loadfile" else None
