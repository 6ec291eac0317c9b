"""``manage.py make_token ACCOUNT``: a token for the API, for a robot or a person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.errors import InvalidAction
from events.actions.programs.tokens import DAYS_MOST, account_for, make_token
from events.actions.recording import Actor
from events.vocabulary import ROBOTS, Role


class Command(BaseCommand):
    """Prints the token alone on standard output, so that it can go straight into a secret store."""

    help = (
        "Make a token with which a program writes through the API as ACCOUNT, and print it: it is shown this "
        "once. With --role the account is made where there is none; it cannot sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="whose name its writes go under")
        parser.add_argument(
            "--role",
            choices=[ROBOTS, *Role.values],
            help=f"make the account, with this role; “{ROBOTS}” only deliver records to the harvest",
        )
        parser.add_argument("--name", default="made on the command line", help="what the token is for")
        parser.add_argument(
            "--days", type=int, default=90, help=f"how long it works, {DAYS_MOST} at most (default: 90)"
        )
        parser.add_argument(
            "--origin",
            default="",
            metavar="SLUG",
            help="it delivers records of this origin only",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it; raises ``CommandError`` where the account or a value is wrong."""
        try:
            user = account_for(options["account"], options["role"])
            if not user.is_active:
                raise InvalidAction(f"The account “{user.username}” is switched off.")
            made = make_token(
                actor=Actor.person(user),
                name=options["name"],
                days=options["days"],
                origin=options["origin"],
            )
        except InvalidAction as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(f"For {user.username}, until {made.row.expiry:%Y-%m-%d}. It is not shown again:")
        self.stdout.write(made.secret)
