"""Days: how many events there are, and those of one."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.events import EventSerializer
from events.formats.serializers.paging import PageShape, Shape
from events.vocabulary import EDITION_CHOICES


class PeriodSerializer(Shape):
    """How many events a day, a month or a year has. Those without any are left out."""

    period = serializers.CharField(help_text="`2004-02-09`, `2004-02` or `2004`.")
    count = serializers.IntegerField()


class PeriodPageSerializer(PageShape):
    """One page of counts."""

    results = PeriodSerializer(many=True)


class DaySerializer(Shape):
    """A day of an edition, with its events in the order in which they came."""

    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    date = serializers.DateField()
    path = serializers.CharField(help_text="Its page on the public site.")
    previous = serializers.DateField(allow_null=True, help_text="The nearest day before that has events.")
    next = serializers.DateField(allow_null=True, help_text="The nearest day after that has events.")
    events = EventSerializer(many=True)
