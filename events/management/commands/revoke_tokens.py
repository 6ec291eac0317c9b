"""``manage.py revoke_tokens ACCOUNT``: let tokens of the API die at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.programs.tokens import revoke_tokens
from events.models import ApiToken


class Command(BaseCommand):
    """For when a token got into wrong hands, or an account's work is done."""

    help = "Revoke the API tokens of ACCOUNT at once, or those of one name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT")
        parser.add_argument("--name", help="only tokens with this name")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Revoke them; raises ``CommandError`` where there is no such account."""
        user = User.objects.filter(username=options["account"]).first()
        if user is None:
            raise CommandError(f"There is no account “{options['account']}”.")
        tokens = ApiToken.objects.filter(user=user).select_related("user")
        if options["name"]:
            tokens = tokens.filter(name=options["name"])
        count = revoke_tokens(actor=None, tokens=tokens)
        self.stdout.write(f"Revoked {count} token{'' if count == 1 else 's'} of {user.username}.")
