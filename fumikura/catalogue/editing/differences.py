"""What is different between two states of a record, and how two people's changes go together."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from fumikura.catalogue.editing.lines import LEADER, text_of
from fumikura.catalogue.marc.content import Content, Entry


@dataclass(frozen=True)
class Change:
    """Fields as lines: `before` and `after`, one of them empty when a field came or went."""

    before: str
    after: str


def differences(before: Content, after: Content) -> list[Change]:
    """The fields that differ, in order; one that was changed stands beside what it was changed to.

    What every saving changes by itself is no difference: the lengths in the leader, and the time in 005.
    """
    old, new = _told(before), _told(after)
    changes: list[Change] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        gone, come = old[i1:i2], new[j1:j2]
        while gone or come:
            changes.append(_next(gone, come))
    return changes


def _told(content: Content) -> list[str]:
    entries = [entry for entry in content.entries if entry.tag != "005"]
    return text_of(Content(_without_lengths(content.leader), entries)).split("\n")


def _without_lengths(leader: str) -> str:
    return f"00000{leader[5:12]}00000{leader[17:]}"


def _next(gone: list[str], come: list[str]) -> Change:
    """Pair fields of one tag; take from both lists."""
    if gone and come and gone[0][:3] == come[0][:3]:
        return Change(gone.pop(0), come.pop(0))
    if gone and (not come or gone[0][:3] <= come[0][:3]):
        return Change(gone.pop(0), "")
    return Change("", come.pop(0))


@dataclass(frozen=True)
class Merged:
    """Two people's changes in one record. `doubtful` are tags that both of them changed: both fields are kept."""

    content: Content
    doubtful: tuple[str, ...]


def merged(base: Content, theirs: Content, ours: Content) -> Merged:
    """Theirs, with what we took away from `base` taken away and what we put in put in."""
    gone = Counter(_keys(base)) - Counter(_keys(ours))
    come = Counter(_keys(ours)) - Counter(_keys(base))
    their_gone = Counter(_keys(base)) - Counter(_keys(theirs))
    their_come = Counter(_keys(theirs)) - Counter(_keys(base))
    doubtful = {key.tag for key in gone if their_gone[key] and come != their_come}
    entries: list[Entry] = []
    for entry in theirs.entries:
        if gone[_key(entry)] > 0:
            gone[_key(entry)] -= 1
        else:
            entries.append(entry)
    come -= their_come
    for entry in ours.entries:
        if come[_key(entry)] > 0:
            come[_key(entry)] -= 1
            at = next((at for at, other in enumerate(entries) if other.tag > entry.tag), len(entries))
            entries.insert(at, entry)
    leaders = [_without_lengths(one.leader) for one in (base, theirs, ours)]
    leader = theirs.leader if leaders[2] == leaders[0] else ours.leader
    if len(set(leaders)) == 3:
        doubtful.add(LEADER)
    return Merged(Content(leader, entries), tuple(sorted(doubtful)))


def _keys(content: Content) -> list[Entry]:
    return [_key(entry) for entry in content.entries]


def _key(entry: Entry) -> Entry:
    return Entry(entry.tag, entry.marks, tuple(entry.parts), entry.data)
