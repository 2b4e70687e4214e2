"""The library writes its own words, and goes back to those of the house."""

from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.events import WordingChanged
from fumikura.notices.models import Wording
from fumikura.notices.rules import NEEDED, WITHOUT_SUBJECT, faults_of
from fumikura.notices.words import TEXTS


@transaction.atomic
def change_wording(*, kind: str, language: str, subject: str, body: str, by: Actor, at: datetime) -> None:
    """The library's own words. Refused with every fault of both texts at once."""
    by.require("notices.change-wording")
    if (kind, language) not in TEXTS:
        raise Refused(Reason("wording-unknown"))
    texts = (body,) if kind in WITHOUT_SUBJECT else (subject, body)
    faults = [_reason(fault) for fault in {fault: None for text in texts for fault in faults_of(kind, text)}]
    needed = NEEDED.get(kind, "")
    if needed and f"{{{needed}}}" not in body:
        faults.append(Reason.of("wording-variable-needed", name=needed))
    if faults:
        raise Refused(*faults)
    own = {"subject": " ".join(subject.split())[:120], "body": body.replace("\r\n", "\n").strip() + "\n"}
    Wording.objects.filter(kind=kind, language=language, until=None).update(until=at)
    Wording.objects.create(kind=kind, language=language, since=at, by=by.ref, **own)
    record(WordingChanged(kind=kind, language=language), by=by, at=at)


def _reason(fault: str) -> Reason:
    match fault:
        case "empty":
            return Reason("wording-empty")
        case "long":
            return Reason("wording-too-long")
        case "{":
            return Reason("wording-brace-open")
    return Reason.of("wording-variable-unknown", name=fault)


@transaction.atomic
def restore_wording(*, kind: str, language: str, by: Actor, at: datetime) -> None:
    """Back to the words of the house; the library's own stay in the history."""
    by.require("notices.change-wording")
    if Wording.objects.filter(kind=kind, language=language, until=None).update(until=at):
        record(WordingChanged(kind=kind, language=language), by=by, at=at)
