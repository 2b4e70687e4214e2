"""The library writes its own words, and goes back to those of the house."""

from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.events import WordingChanged
from fumikura.notices.models import Wording
from fumikura.notices.rules import NEEDED, WITHOUT_SUBJECT, faults_of, faults_of_sentence
from fumikura.notices.sentences import SENTENCES, figures_of, languages_of
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
def change_sentence(*, name: str, language: str, said: str, way_out: str, by: Actor, at: datetime) -> None:
    """A sentence in the library's own words. Refused with every fault of sentence and way out at once."""
    by.require("notices.change-wording")
    if name not in SENTENCES or language not in languages_of(name):
        raise Refused(Reason("wording-unknown"))
    said, way_out = " ".join(said.split()), " ".join(way_out.split())
    always, sometimes = figures_of(name)
    found = [*faults_of_sentence(said, always, sometimes), *faults_of_sentence(way_out, always, sometimes)]
    faults = [_of_sentence(*fault) for fault in dict.fromkeys(found)]
    if not said:
        faults.append(Reason("sentence-empty"))
    if not way_out and SENTENCES[name].way_out_ja:
        faults.append(Reason("sentence-way-out-missing"))
    if faults:
        raise Refused(*faults)
    Wording.objects.filter(kind=name, language=language, until=None).update(until=at)
    Wording.objects.create(kind=name, language=language, subject=said, body=way_out, since=at, by=by.ref)
    record(WordingChanged(kind=name, language=language), by=by, at=at)


def _of_sentence(fault: str, about: str) -> Reason:
    if fault == "sentence-too-long":
        return Reason.of(fault, most=int(about))
    return Reason.of(fault, name=about) if about else Reason(fault)


@transaction.atomic
def restore_wording(*, kind: str, language: str, by: Actor, at: datetime) -> None:
    """Back to the words of the house; the library's own stay in the history."""
    by.require("notices.change-wording")
    if Wording.objects.filter(kind=kind, language=language, until=None).update(until=at):
        record(WordingChanged(kind=kind, language=language), by=by, at=at)
