"""Which records are of one work: a key from title and creator that editions, formats and volumes share. Pure.

What staff decide about works (models.works) wins over it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

from fumikura.catalogue.headings import heading_key
from fumikura.kernel.japanese import fold

LONGEST_KEY = 120

_EDITION = "(?:新装|文庫|改訂|改定|増補|新|改|決定|愛蔵|普及|完全|大活字|特装|限定|電子|縮刷|復刻|豪華|コンパクト|オンデマンド|第?[0-9一二三四五六七八九十]+)版"
_VOLUME = (
    "(?:第?[0-9〇一二三四五六七八九十百]+(?:巻|かん|冊|集|編|部|輯|回|号|年度版?|年版)|[上中下前後](?:巻|かん|冊|編|篇)?|別巻|続巻|補巻|"
    "vol ?[0-9]+|no ?[0-9]+|[ivx]{1,5}|[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
)
_TAIL = re.compile(f"(?<=\\S) +(?:{_EDITION}|{_VOLUME})$")
_TAIL_ATTACHED = re.compile("(?<=..)第[0-9〇一二三四五六七八九十百]+(?:巻|かん|冊|集|編|部|輯|回|号)$")


def work_key(title: str, creator: str, publisher: str = "") -> str:
    """Empty when there is too little to go by. Records without a creator are kept apart by their publisher."""
    base = bare_title(title)
    by = heading_key(creator) or heading_key(publisher)
    if not base or not by:
        return ""
    key = f"{base}/{by}"
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[: LONGEST_KEY - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def bare_title(title: str) -> str:
    """The folded title without blanks and without volume and edition at its end: 破戒 下巻 and 破戒 (新装版) are はかい's."""
    text = fold(title)
    while (shorter := _TAIL_ATTACHED.sub("", _TAIL.sub("", text))) != text:
        text = shorter
    return text.replace(" ", "")


def key_by_hand(decision: int) -> str:
    """The key of a work that a decision made. Those made of title and creator have a / in them or are longer."""
    return f"~{decision}"


def roots(keys: Iterable[str], joined: Mapping[str, str]) -> dict[str, str]:
    """Where each key ends when one follows what was joined: {"b": "a", "c": "b"} leads c to a."""
    ends = {}
    for key in keys:
        end = key
        while end in joined:
            end = joined[end]
        ends[key] = end
    return ends


def mark_of(records: Iterable[int]) -> str:
    """What a page remembers of the records it showed together, to be told when they are others by now."""
    return hashlib.sha256(" ".join(map(str, sorted(records))).encode()).hexdigest()[:16]
