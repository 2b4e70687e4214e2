"""The tables of states: drawn as they are, and every state can be reached and left."""

import pytest

from fumikura.circulation.rules.states import NOWHERE, TABLES, diagram

ENDS = {"withdrawn", "fulfilled", "cancelled", "expired", "lapsed", "merged"}


@pytest.mark.parametrize("noun", TABLES)
def test_every_state_is_reached_and_but_for_the_last_ones_left(noun: str) -> None:
    table = TABLES[noun]
    reached = {after for row in table.values() for after in row}
    assert set(table) - reached - {NOWHERE} <= ({"on-shelf"} if noun == "item" else set())
    assert reached - set(table) - {NOWHERE} <= ENDS


@pytest.mark.parametrize("noun", TABLES)
def test_the_diagram_has_an_arrow_for_each_change(noun: str) -> None:
    arrows = sum(len(after) for after in TABLES[noun].values())
    assert diagram(noun).count("-->") == arrows
