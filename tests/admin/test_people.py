"""Accounts and roles: who may give which rights, who is told what waits, and who did what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.review.notices import send_notices, wish_notices
from events.models import MailNotice, ReviewItem
from events.vocabulary import Grade, ReviewKind, Role
from tests.factories import make_event
from tests.people import PASSWORD, make_person, make_robot, make_user


@pytest.fixture
def office(sit: Callable[..., Client]) -> Client:
    """An administrator's browser."""
    return sit(Role.ADMINISTRATOR)


def person_form(user: User, **changed: object) -> dict[str, object]:
    return {
        "username": user.username, "first_name": "", "last_name": "", "email": user.email,
        "is_active": "on", "is_staff": "on", "groups": [group.pk for group in user.groups.all()], **changed,
    }  # fmt: skip


def test_an_administrator_gives_roles(office: Client) -> None:
    erik = make_user(Role.EDITOR, name="erik")
    chief = Group.objects.get(name=Role.CHIEF)
    page = reverse("admin:auth_user_change", args=[erik.pk])
    assert office.post(page, person_form(erik, groups=[chief.pk])).status_code == 302
    assert [group.name for group in erik.groups.all()] == [Role.CHIEF]


@pytest.mark.parametrize("field", ["is_superuser", "user_permissions"])
def test_an_administrator_gives_nobody_more_than_a_role(office: Client, field: str) -> None:
    erik = make_user(Role.EDITOR, name="erik")
    own = Group.objects.create(name="of the site's own making")
    page = reverse("admin:auth_user_change", args=[erik.pk])
    assert field not in office.get(page).content.decode()
    office.post(page, person_form(erik, **{field: "1"}))
    refused = office.post(page, person_form(erik, groups=[own.pk]))
    assert "not one of the available choices" in refused.content.decode()
    erik = User.objects.get(pk=erik.pk)
    assert not erik.is_superuser
    assert not erik.user_permissions.exists()


def test_a_superusers_account_is_out_of_reach(office: Client) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    page = reverse("admin:auth_user_change", args=[root.pk])
    assert office.post(page, person_form(root, email="me@example.org")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert office.post(password, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 403


def test_accounts_are_switched_off_and_never_deleted(office: Client) -> None:
    erik = make_user(Role.EDITOR, name="erik")
    assert office.get(reverse("admin:auth_user_delete", args=[erik.pk])).status_code == 403


def test_the_list_of_people_costs_the_same_with_more_of_them(office: Client) -> None:
    page = reverse("admin:auth_user_changelist")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(page).status_code == 200
        return len(queries)

    one = cost()
    make_user(Role.EDITOR, name="erik")
    make_user(Role.VIEWER, name="vera")
    assert cost() == one


def test_a_forgotten_password_is_made_anew_by_mail(db: None) -> None:
    make_user(Role.EDITOR, name="erika", email="erika@example.org")
    browser = Client()
    assert reverse("admin_password_reset") in browser.get(reverse("admin:login")).content.decode()
    browser.post(reverse("admin_password_reset"), {"email": "erika@example.org"})
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = browser.get(link[1], follow=True)
    new = "another horse, another staple"
    done = browser.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert done.status_code == 302
    assert browser.login(username="erika", password=new) is True


def ask(kind: ReviewKind, key: str) -> ReviewItem:
    return ReviewItem.objects.create(kind=kind, key=key)


def test_nobody_is_written_to_who_did_not_wish_it(desk: Client) -> None:
    ask(ReviewKind.CONFLICT, "a")
    call_command("send_notices")
    assert mail.outbox == []


def test_who_wishes_it_is_told_once_of_what_is_new(sit: Callable[..., Client]) -> None:
    desk = sit(Role.EDITOR, name="erika")
    ask(ReviewKind.CONFLICT, "old")
    wish = {"wanted": "on", "kinds": [ReviewKind.CONFLICT]}
    assert "no mail address" in desk.post(reverse("admin:notices"), wish).content.decode()
    User.objects.filter(username="erika").update(email="erika@example.org")
    desk.post(reverse("admin:notices"), wish)
    call_command("send_notices")
    assert mail.outbox == []
    ask(ReviewKind.CONFLICT, "new")
    ask(ReviewKind.DUPLICATE, "not wished")
    call_command("send_notices")
    call_command("send_notices")
    (sent,) = mail.outbox
    assert sent.to == ["erika@example.org"]
    assert "1 new question" in sent.subject
    assert "1  Conflict" in str(sent.body)
    assert "duplicate" not in str(sent.body)
    desk.post(reverse("admin:notices"), {})
    assert not MailNotice.objects.exists()


def test_a_notice_that_the_server_refused_is_sent_next_time(db: None) -> None:
    editor = make_person(Role.EDITOR)
    assert editor.user is not None
    editor.user.email = "erika@example.org"
    wish_notices(actor=editor, kinds=[])
    User.objects.update(email="erika@example.org")
    ask(ReviewKind.CONFLICT, "new")

    def refuse(_notice: object) -> None:
        raise ConnectionRefusedError

    assert send_notices(refuse) == (0, 1)
    assert send_notices(lambda notice: None) == (1, 0)
    assert send_notices(refuse) == (0, 0)


def test_contributors_and_those_who_left_are_not_told(db: None) -> None:
    for role, active in ((Role.CONTRIBUTOR, True), (Role.EDITOR, False)):
        user = make_user(role, email="someone@example.org", is_active=active)
        MailNotice.objects.create(user=user)
    ask(ReviewKind.CONFLICT, "new")
    assert send_notices(lambda notice: None) == (0, 0)


def test_an_unknown_kind_cannot_be_wished(db: None) -> None:
    with pytest.raises(InvalidAction, match="no kind"):
        wish_notices(actor=make_person(), kinds=["gossip"])


def test_without_a_mail_server_the_command_says_so(db: None, settings: object) -> None:
    settings.SENDS_MAIL = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("send_notices")


def corrected(text: str, name: str) -> None:
    event = make_event(f"{text} was wrong.", lead=text)
    correct_event(
        actor=make_person(Role.EDITOR, name=name), event_id=event.pk, version=1,
        values={"text": f"{text} is right."}, grade=Grade.TYPO,
    )  # fmt: skip


def test_the_audit_shows_who_what_when_before_and_after(chief_desk: Client) -> None:
    corrected("Spring", "erika")
    corrected("Autumn", "anton")
    page = chief_desk.get(reverse("admin:audit")).content.decode()
    assert page.index("anton") < page.index("erika")
    assert re.search(r"<del>was wrong</del>\s*<ins>is right</ins>", page)
    only = chief_desk.get(reverse("admin:audit") + "?who=erika").content.decode()
    assert "Spring" in only
    assert "Autumn" not in only
    assert (
        "Nothing is on record"
        in chief_desk.get(reverse("admin:audit") + "?until=1999-01-01").content.decode()
    )


def test_the_audit_leaves_robots_out_until_asked(chief_desk: Client) -> None:
    event = make_event("It rains.", lead="Weather")
    robot = make_robot()
    event.revisions.model(
        event=event, number=2, kind="updated", actor_name=robot.name, harvest=robot.harvest, fields={}
    ).save()
    page = reverse("admin:audit")
    assert "harvest" not in chief_desk.get(page).content.decode().partition("<ol")[2]
    assert "It rains." in chief_desk.get(page + "?robots=on").content.decode()


def test_what_happened_to_accounts_is_in_the_audit_too(office: Client) -> None:
    erik = make_user(Role.EDITOR, name="erik")
    office.post(reverse("admin:auth_user_change", args=[erik.pk]), person_form(erik, email="e@example.org"))
    assert "erik" in office.get(reverse("admin:audit") + "?what=others").content.decode().partition("<ol")[2]


def test_the_audit_costs_the_same_with_more_rows(chief_desk: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert chief_desk.get(reverse("admin:audit")).status_code == 200
        return len(queries)

    corrected("Spring", "erika")
    one = cost()
    corrected("Autumn", "anton")
    corrected("Winter", "otto")
    # Session, user, permissions (two), revisions.
    assert cost() == one == 5


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (Role.CHIEF, 200), (Role.VIEWER, 403)])
def test_the_audit_is_for_chiefs(sit: Callable[..., Client], role: Role, status: int) -> None:
    assert sit(role).get(reverse("admin:audit")).status_code == status
