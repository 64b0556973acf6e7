import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from duels.telegram import bot, setup

if TYPE_CHECKING:
    from tests.botapi import BotApi

LOOPBACK = {"localhost", "127.0.0.1"}
HOW = """
Start a site to play on:    make run ENV_FILE=tests/simulation/site.env
then, beside it:            ENV_FILE=tests/simulation/site.env .venv/bin/python manage.py simulate
or both at once:            .venv/bin/python manage.py simulate --site"""


class Command(BaseCommand):
    help = (
        "Simulated players with drawn faces play duels on a site that runs with the same settings;"
        " in Telegram's place stands a Bot API server on loopback, and nothing leaves this machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--players", type=int, default=20)
        parser.add_argument("--duels", type=int, default=100)
        parser.add_argument("--site", action="store_true", help="start a site for this, and throw it away at the end")

    def handle(self, *args: Any, players: int, duels: int, site: bool, **options: Any) -> None:
        if players < 2 or duels < 1:
            raise CommandError("It takes two players, and a duel, at least")
        try:
            with own_site(self.say) if site else running_site() as api:
                self.play(api, players, duels)
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error.name} is missing: the simulation is part of the tests, run `make setup`"
            ) from None

    def play(self, api: "BotApi", players: int, duels: int) -> None:
        from tests.simulation import Game, Stuck

        game = Game(api, players, duels, self.say)
        try:
            game.play()
        except Stuck as stuck:
            raise CommandError(str(stuck)) from None
        except KeyboardInterrupt:
            self.say(" stopped")
        finally:
            self.say("\n".join(["", *game.summary()]))
        if api.refusals:
            raise CommandError("The bot did what Telegram refuses")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def own_site(say: Any) -> Iterator["BotApi"]:
    from tests.botapi import BotApi
    from tests.duels.site import Site

    say("Starting a site of its own: half a minute, for the judge loads its model")
    with BotApi() as api, Site(api) as site:
        say(f"It runs at http://127.0.0.1:{site.port}/")
        yield api


@contextmanager
def running_site() -> Iterator["BotApi"]:
    """The Bot API double where the site looks for Telegram."""
    from tests.botapi import BotApi

    address = must_be_here()
    with BotApi(settings.TELEGRAM_BOT_TOKEN, port=free(address)) as api:
        try:
            setup.set_up()
        except bot.BotError as error:
            raise CommandError(f"The Bot API double refused the set-up: {error}") from None
        yield api


def must_be_here() -> str:
    """TELEGRAM_API_URL. Neither a message nor an update may reach anybody but us."""
    url, site = settings.TELEGRAM_API_URL, settings.BASE_URL or f"http://127.0.0.1:{settings.PORT}"
    if urlsplit(url).hostname not in LOOPBACK or not urlsplit(url).port:
        raise CommandError(f"TELEGRAM_API_URL is {url}: simulated players stay on loopback.{HOW}")
    if urlsplit(site).hostname not in LOOPBACK:
        raise CommandError(f"BASE_URL is {site}: simulated players stay on loopback.{HOW}")
    if not settings.TELEGRAM_BOT_TOKEN.partition(":")[0].isdecimal():
        raise CommandError(f"TELEGRAM_BOT_TOKEN has to look like one: 1:simulation.{HOW}")
    if not answers(f"{site}/healthz"):
        raise CommandError(f"No site answers at {site}.{HOW}")
    return url


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 (ours, on loopback)
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


def free(address: str) -> int:
    port = urlsplit(address).port or 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Something listens at {address} already: another simulation?") from None
    return port
