"""An index many times as large as the one that was built, without building it: its segments several times over.

What a search reads grows as it would with so many records (postings, columns, segments); what does not is the number of different
words. Links, not copies: it costs no space, and the system keeps one copy of the pages in memory, which at this size it would anyway.
"""

import json
import os
import shutil
import uuid
from pathlib import Path


def multiply(index: Path, to: Path, times: int) -> None:
    """Lay the index in `index` `times` over into the new folder `to`; nothing may write to either meanwhile."""
    if to.exists():
        shutil.rmtree(to)
    to.mkdir(parents=True)
    meta = json.loads((index / "meta.json").read_text())
    segments, managed = [], ["meta.json"]
    for segment in meta["segments"] * times:
        name = uuid.uuid4()
        for file in index.glob(segment["segment_id"].replace("-", "") + ".*"):
            managed.append(name.hex + file.name[32:])
            os.link(file, to / managed[-1])
        segments.append({**segment, "segment_id": str(name)})
    (to / "meta.json").write_text(json.dumps({**meta, "segments": segments}))
    (to / ".managed.json").write_text(json.dumps(managed))
    for beside in index.glob("common.json"):
        shutil.copy(beside, to)
