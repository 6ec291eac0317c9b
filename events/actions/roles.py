"""Who may do what: the roles of ``vocabulary.Role``, and the robots, as Django groups."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

from events.vocabulary import ROBOT_RIGHTS, ROBOTS, ROLE_RIGHTS, Role


def grant_roles(using: str = "default", **_signal: Any) -> None:
    """Create each role's group and give it its rights; runs after every migration, changes nothing twice."""
    known = {
        permission.codename: permission
        for permission in Permission.objects.using(using).filter(content_type__app_label="events")
    }
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        wanted = [known[right.value] for right in ROLE_RIGHTS[role] if right.value in known]
        wanted += [permission for name, permission in known.items() if name.startswith("view_")]
        group.permissions.add(*wanted)
    robots, _ = Group.objects.using(using).get_or_create(name=ROBOTS)
    robots.permissions.add(*(known[right.value] for right in ROBOT_RIGHTS if right.value in known))
