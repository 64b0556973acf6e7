from argparse import ArgumentParser
from getpass import getpass
from io import StringIO
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.second_factor import SecondFactor, address_of, enrol, new_backup_codes, new_secret, plain, step_of
from emotionduel.environment import Environment
from emotionduel.groups import ADMINISTRATORS, MODERATORS

PASSWORD = "ADMIN_PASSWORD"  # noqa: S105 (a variable's name)
TRIES = 5


class Command(BaseCommand):
    help = (
        "Makes an administrator or a moderator and enrols the second factor that the admin asks for. The password is"
        f" asked for, or read from {PASSWORD} in the environment. For who is there already, but without a"
        " second factor, makes that."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="admin", help="to sign in with; admin, if none is given")
        parser.add_argument("--again", action="store_true", help="a new second factor in the place of a lost one")
        parser.add_argument(
            "--unattended", action="store_true", help=f"asks nothing: password from {PASSWORD}, no code to verify"
        )

        parser.add_argument("--moderator", action="store_true", help="one of the Moderators, who may less")

    def handle(self, *args: Any, name: str, again: bool, unattended: bool, moderator: bool, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user and not again and SecondFactor.objects.filter(user=user).exists():
            raise CommandError(f"{name} has a second factor already. --again makes a new one in its place.")
        user = user or self.newcomer(name, unattended)
        secret, codes = new_secret(), new_backup_codes()
        self.show(address_of(secret, name), unattended)
        if not unattended:
            self.verify(secret)
        keep(user, secret, codes, moderator)
        self.tell(name, codes)

    def newcomer(self, name: str, unattended: bool) -> User:
        user = User(username=name)
        password = Environment.of_process(settings.BASE_DIR).text(PASSWORD)
        if unattended and not password:
            raise CommandError(f"Set {PASSWORD} in the environment, or leave --unattended away and be asked.")
        try:
            User._meta.get_field("username").run_validators(name)
            password = password or self.asked()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)
        return user

    def asked(self) -> str:
        for _ in range(TRIES):
            password = getpass("Password (it is not shown): ")
            if password and password == getpass("Once more: "):
                return password
            self.stdout.write("These two are not the same.")
        raise CommandError("Nothing was made.")

    def show(self, address: str, unattended: bool) -> None:
        self.stdout.write("The second factor: any authenticator app reads this.")
        if not unattended:
            drawn = StringIO()
            segno.make(address).terminal(drawn, compact=True)
            self.stdout.write(drawn.getvalue())
        self.stdout.write(address)

    def verify(self, secret: bytes) -> None:
        for _ in range(TRIES):
            if step_of(secret, plain(input("The six digits that it shows now: "))) is not None:
                return
            self.stdout.write("These are not the ones. Is the clock of that device right?")
        raise CommandError("Nothing was made.")

    def tell(self, name: str, codes: list[str]) -> None:
        self.stdout.write("\nTen backup codes, each good for once. Keep them where the authenticator is not:\n")
        self.stdout.write("\n".join(f"  {code[:5]} {code[5:]}" for code in codes))
        home = settings.BASE_URL or f"http://localhost:{settings.PORT}"
        self.stdout.write(f"\n{name} signs in at {home}/admin/")


@transaction.atomic
def keep(user: User, secret: bytes, codes: list[str], moderator: bool) -> None:
    """Whoever may more already keeps that."""
    user.is_staff = user.is_active = True
    user.is_superuser = user.is_superuser or not moderator
    user.save()
    user.groups.add(Group.objects.get_or_create(name=MODERATORS if moderator else ADMINISTRATORS)[0])
    enrol(user, secret, codes)
