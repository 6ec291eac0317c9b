"""The demo's editor: an account named ``editor`` with a random password, which is printed once.

With ``--if-missing`` an existing account keeps its password. Run by ``scripts/demo.py``.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import django

NAME = "editor"
GROUP = "chief editors"


def main(arguments: list[str]) -> int:
    """Make the account, or give it a new password."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    django.setup()
    from django.contrib.auth.models import Group, User  # noqa: PLC0415 (needs the settings)
    from django.db import OperationalError, transaction  # noqa: PLC0415

    try:
        with transaction.atomic():
            user, created = User.objects.get_or_create(username=NAME, defaults={"is_staff": True})
            if not created and "--if-missing" in arguments:
                sys.stdout.write(f"The account {NAME} is kept. A new password: make demo-password\n")
                return 0
            password = secrets.token_urlsafe(12)
            user.is_staff = user.is_active = True
            user.set_password(password)
            user.save()
            user.groups.add(Group.objects.get(name=GROUP))
    except (OperationalError, Group.DoesNotExist):
        sys.stderr.write("The demo has no database yet. Run make demo first.\n")
        return 1
    sys.stdout.write(f"Editor's account: {NAME}   password: {password}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
