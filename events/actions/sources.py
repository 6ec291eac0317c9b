"""What is known of a source beside its address: its title and description, in its publisher's words."""

from __future__ import annotations

from events.actions.contexts.edit import rewrite_documents
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.catalogue import cited_sources
from events.harvest.limits import TEXT_MAX
from events.models import Event, Source
from events.text.normalise import published
from events.vocabulary import ChangeKind, Right, Subject

TITLE_MAX = 500


def describe_source(
    *, actor: Actor, source_id: int, seen: tuple[str, str], title: str, description: str
) -> Source:
    """Note a source's title and description as its publisher words them; "" for one that is not known.

    *seen*: both as the editor saw them. The documents of the events that cite it are written anew in
    transactions of their own. Raises ``InvalidAction`` where somebody was faster, or words are too many.
    """
    actor.require(Right.CORRECT)
    said = (" ".join(published(title).split()), published(description).strip())
    if len(said[0]) > TITLE_MAX or len(said[1]) > TEXT_MAX:
        raise InvalidAction(f"A title has at most {TITLE_MAX}, a description {TEXT_MAX:,} characters.")
    with recording(actor) as trace:
        source = Source.objects.select_for_update().filter(pk=source_id).first()
        if source is None:
            raise InvalidAction(f"There is no source {source_id}.")
        had = (source.title, source.description)
        if had != seen:
            raise InvalidAction("Somebody described this source in the meantime. Look again.")
        if said == had:
            return source
        source.title, source.description = said
        source.updated_at = trace.at
        source.save(update_fields=["title", "description", "updated_at"])
        if cited_sources().filter(pk=source.pk).exists():
            trace.change(ChangeKind.UPDATED, Subject.SOURCE, source.pk)
        citing = list(Event.objects.filter(citations__source=source).distinct().values_list("pk", flat=True))
    rewrite_documents(actor, citing)
    return source
