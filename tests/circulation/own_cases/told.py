"""The cases as a page: for each its number, one sentence made from its steps and its outcome, and the reasons.

`python -m tests.circulation.own_cases.told` writes docs/reference/circulation-cases.md.
"""

from pathlib import Path
from typing import Any

from tests.circulation.own_cases.written import cases, outcomes, told_cases
from tests.specs.cases import steps

PAGE = Path("docs/reference/circulation-cases.md")
GROUPS = {
    "LOCK": "Hold lockers",
    "SCH": "School hours",
    "GRP": "Groups that lend onward",
    "TWO": "Two desks at once",
    "HLD": "Holds at every stage",
    "RET": "Returns",
}
TOLD = {
    "BACK": "Returned: where it goes, for whom, and what day it counts for",
    "LEND": "Lending",
    "RENEW": "Renewing",
    "DAY": "Due dates and days on the hold shelf",
    "WAIT": "Placing holds",
    "TURN": "Taking turns",
    "SET": "Sets of titles",
    "ASK": "What a reader may ask at every stage",
    "GO": "Journeys and closures",
    "LATE": "Overdue, lost, withdrawn",
    "LINE": "Lists from counters without a line",
    "RULE": "Which rule answers",
    "GRP": "Groups: what goes on to their own people",
}
"""Groups whose cases have a sentence of their own."""
HEAD = """<!-- Written by `python -m tests.circulation.own_cases.told` from the cases. Do not edit. -->
# Circulation cases

What happens when, told from `tests/circulation/own_cases`: each line is played on both databases. The sites are 中央 (CHUO), 北 (KITA), 南 (MINAMI),
a hold locker at the station (EKI), a terminal without stock (HIROBA), a bookmobile stop (BUS), a museum (HAKU) and a school library (GAKKO); the rules are those that come with Fumikura. The states are drawn in
[circulation-states.md](circulation-states.md), the reasons explained in [reasons.md](reasons.md).
"""


def page() -> str:
    lines = [HEAD]
    told = outcomes()
    for prefix, heading in GROUPS.items():
        lines += [
            f"## {heading}",
            "",
            "| case | at first | then | comes out | reasons and messages |",
            "|---|---|---|---|---|",
        ]
        for case in cases():
            if case["id"].startswith(f"{prefix}-") and "title" not in case:
                outcome = told[case["id"]]
                codes = [*outcome.get("refused", []), *outcome.get("staff", [])]
                cells = (
                    case["id"],
                    _given(case),
                    _steps(case),
                    _outcome(outcome),
                    " ".join(f"`{one}`" for one in codes),
                )
                lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    for prefix, heading in TOLD.items():
        lines += [f"## {heading}", "", "| case | what happens | reasons and messages |", "|---|---|---|"]
        for case in told_cases():
            if case["id"].startswith(f"{prefix}-"):
                then = case["then"]
                said = [*then.get("refused", []), *then.get("staff", []), *then.get("would_refuse", [])]
                codes = " ".join(f"`{one}`" for one in said)
                lines.append(f"| {case['id']} | {_cell(case['title'])} | {codes} |")
        lines.append("")
    return "\n".join(lines)


def _given(case: dict[str, Any]) -> str:
    items = [f"{name} {_row(row)}" for name, row in case["given"].get("items", {}).items()]
    holds = [
        f"{name}: {row['patron']} waits for {_wanted(row)} at {row['pickup']}"
        for name, row in case["given"].get("holds", {}).items()
    ]
    orders = [f"{name}: {facts['on_order']} on order" for name, facts in case["given"].get("titles", {}).items()]
    facts = orders + [f"{name} has {facts}" for name, facts in case["given"].get("patrons", {}).items()]
    return _cell("; ".join([*items, *holds, *facts]))


def _wanted(hold: dict[str, Any]) -> str:
    if "set" in hold:
        return f"{' + '.join(hold['set']['titles'])} ({hold['set']['kind']})"
    asleep = f" (asleep through {hold['suspended_until']})" if "suspended_until" in hold else ""
    return f"{hold['title']}{asleep}"


def _steps(case: dict[str, Any]) -> str:
    said = []
    for step in steps(case):
        what = [str(step[key]) for key in ("item", "title", "hold", "patron") if key in step]
        where = [f"at {step['site']}"] if "site" in step else []
        door = [f"by {step['door']}"] if "door" in step else []
        to = [f"for {step['pickup']}"] if "pickup" in step else []
        over = [f"passing over {', '.join(step['overriding'])}"] if "overriding" in step else []
        when = str(step["at"])[5:16].replace("T", " ")
        key = [f"(request {step['request_key']})"] if "request_key" in step else []
        said.append(" ".join([step["verb"].replace("_", " "), *what, *where, *to, *door, *over, when, *key]))
    return _cell(", then ".join(said))


def _outcome(outcome: dict[str, Any]) -> str:
    if "refused" in outcome:
        return "refused, nothing changes"
    items = [f"{name} {_row(row)}" for name, row in outcome.get("items", {}).items()]
    holds = [f"{name} is {state}" for name, state in outcome.get("holds", {}).items()]
    patrons = [f"{name} is told {', '.join(codes)}" for name, codes in outcome.get("patron", {}).items()]
    return _cell("; ".join([*items, *holds, *patrons]))


def _row(row: dict[str, Any]) -> str:
    if "loan" in row:
        return f"on loan to {row['loan']} until {row['due']}"
    if "transit" in row:
        bound = f" for {row['hold']}" if "hold" in row else ""
        return f"travels from {row['transit'][0]} to {row['transit'][1]}{bound}"
    if "hold_shelf" in row:
        if row["hold"] == "none":
            return f"lies on the hold shelf at {row['hold_shelf']}, to be fetched"
        where = f"leaves {row['hold_shelf']} for {row['leaving_for']}" if "leaving_for" in row else (
            f"on the hold shelf at {row['hold_shelf']} until {row.get('until', 'open')}"
        )  # fmt: skip
        return f"{where} for {row['hold']}"
    if "shelf" in row:
        listed = f", on the pick list for {row['allotted']}" if "allotted" in row else ""
        return f"on its shelf at {row['shelf']}{listed}"
    return " ".join(f"{key} {value}" for key, value in row.items())


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("{", "").replace("}", "").replace("'", "")


if __name__ == "__main__":
    PAGE.write_text(page())
