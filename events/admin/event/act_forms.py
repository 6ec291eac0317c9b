"""What the acts on an event ask."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect

from events.models import Curation, Event

_TARGET: Final = Curation._meta.get_field("target")
_NOTE: Final = AdminTextareaWidget(attrs={"rows": 2})


class VersionForm(forms.Form):
    """What every act asks: the version that the editor saw. ``event``: what it is about."""

    event: Event
    version = forms.IntegerField(widget=forms.HiddenInput())

    def said(self) -> dict[str, Any]:
        """What the action is told."""
        return self.cleaned_data


class ActForm(VersionForm):
    note = forms.CharField(widget=_NOTE, required=False, help_text="Public.")


class ReasonForm(VersionForm):
    reason = forms.CharField(widget=_NOTE, help_text="Public; readers are told.")


class AddressForm(VersionForm):
    slug = forms.CharField(label="New address", help_text="The last part of it; the folder is the day's.")


class ChoiceForm(VersionForm):
    """Which event this one is to be merged with."""

    target = forms.ModelChoiceField(
        Event.objects.all(),
        label="The other event",
        widget=AutocompleteSelect(_TARGET, admin.site),
        help_text="Find it by words, its date, its number or its address.",
    )


class RemovalForm(VersionForm):
    """A public reason, and the event's number typed by hand: this cannot be taken back."""

    reason = forms.CharField(
        widget=_NOTE,
        help_text="Public, and kept: do not repeat what is to be removed. For example: “Order of a court.”",
    )
    number = forms.IntegerField(
        label="The event's number", help_text="Type it to confirm. What is erased cannot be brought back."
    )

    def clean_number(self) -> int:
        """The number must be this event's."""
        number: int = self.cleaned_data["number"]
        if number != self.event.pk:
            raise forms.ValidationError(f"This is not the event's number; it is {self.event.pk}.")
        return number

    def said(self) -> dict[str, Any]:
        """What the action is told."""
        return {"version": self.cleaned_data["version"], "reason": self.cleaned_data["reason"]}
