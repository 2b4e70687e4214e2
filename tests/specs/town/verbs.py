"""What each verb of the cases does, by the services that the doors call."""

from datetime import datetime
from typing import Any

from fumikura.circulation import queries, services
from fumikura.circulation.models import DueShift, Hold, OfflineTerminal
from fumikura.circulation.rules.offline import Batch, Line, signature_of
from fumikura.circulation.rules.offline import written as as_signed
from fumikura.holdings.queries import find_item
from fumikura.holdings.services import NewItem
from fumikura.patrons.models import Card
from tests.specs.cases import TOKYO, moment
from tests.specs.town.reading_back import ReadBack
from tests.specs.town.words import ORDINARY_DAY, listed, morning_of


def _check_out(town: ReadBack, step: dict[str, Any]) -> None:
    if step.get("dry_run"):
        reasons = services.objections(
            item=find_item(step["item"]), patron=town.patrons[step["patron"]], by=town.actor(step),
            at=moment(step["at"]), kind=step.get("kind", "loan"),
        )  # fmt: skip
        town.answer = {"would_refuse": sorted(reason.code for reason in reasons)}
        return
    loan = services.check_out(
        item=find_item(step["item"]),
        patron=town.patrons[step["patron"]],
        by=town.actor(step),
        at=moment(step["at"]),
        overriding=frozenset(listed(step.get("overriding"))),
        kind=step.get("kind", "loan"),
    )
    town.answer = {"staff": list(loan.messages)}


def _check_in(town: ReadBack, step: dict[str, Any]) -> None:
    if "crate" in step:
        crate = services.find_crate(step["crate"])
        out = services.unpack(item=find_item(step["item"]), crate=crate, by=town.actor(step), at=moment(step["at"]))
        town.answer = {"staff": list(out.messages), "next": _next(town, out.stop)}
        return

    back = services.check_in(
        item=find_item(step["item"]),
        by=town.actor(step),
        at=moment(step["at"]),
        mode=step.get("mode", "final"),
        overriding=frozenset(listed(step.get("overriding"))),
        missing_parts=tuple(listed(step.get("parts_missing"))),
        excuse=step.get("excuse", ""),
    )
    town.answer = {"staff": list(back.messages), "next": _next(town, back.stop)}


def _next(town: ReadBack, stop: Any) -> dict[str, Any]:
    hold = getattr(stop, "hold", None)
    for_hold = {"hold": town.name_of(hold)} if hold else {}
    if stop.kind == "set-aside":
        return {"set_aside": stop.to, "why": stop.why}
    return {stop.kind.replace("-", "_"): stop.to, **for_hold}


def _renew(town: ReadBack, step: dict[str, Any]) -> None:
    loan = queries.need_open_loan_of(find_item(step["item"]))
    overriding = frozenset(listed(step.get("overriding")))
    renewed = services.renew(loan=loan, by=town.actor(step), at=moment(step["at"]), overriding=overriding)
    town.answer = {"staff": list(renewed.messages)}


def _place_hold(town: ReadBack, step: dict[str, Any]) -> None:
    item = find_item(step["item"]) if "item" in step else None
    wanted = step.get("set", {})
    titles = wanted.get("titles") or [step.get("title") or item.record.number]
    records = tuple(town.records[title] for title in titles)
    hold = services.place_hold(
        patron=town.patrons[step["patron"]],
        want=services.Want(records, item, wanted.get("kind", "one"), wanted.get("want", 1)),
        pickup=town.sites[step["pickup"]],
        by=town.actor(step),
        at=moment(step["at"]),
        accepted_at=moment(step.get("accepted", step["at"])),
        needed_by=step.get("needed_by"),
        contact=step.get("contact", "e-mail"),
        overriding=frozenset(listed(step.get("overriding"))),
        on_order=sum(town.on_order.get(title, 0) for title in titles),
    )
    town.holds[step["hold"]] = hold
    on = moment(step["at"]).date()
    line = town.queue(titles[0], on)
    place = {"position": line.index(step["hold"]) + 1} if step["hold"] in line else {}
    town.answer = {"staff": list(hold.messages), **place}


def _on_hold(verb: Any, **named: str) -> Any:
    def act(town: ReadBack, step: dict[str, Any]) -> None:
        more = {name: _read(town, name, step[word]) for name, word in named.items()}
        answer = verb(hold=town.holds[step["hold"]], by=town.actor(step), at=moment(step["at"]), **more)
        town.answer = {"staff": list(answer)} if isinstance(answer, tuple) else {}

    return act


def _cancel_hold(town: ReadBack, step: dict[str, Any]) -> None:
    staff = services.cancel_hold(
        hold=town.holds[step["hold"]], by=town.actor(step), at=moment(step["at"]), why=_why(step)
    )
    town.answer = {"staff": list(staff)}


def _why(step: dict[str, Any]) -> str:
    """Why the library cancels a hold; nothing when its reader does."""
    said = step.get("reason") or step.get("why") or (step.get("by") == "staff" and "staff")
    return str(said or "")


def _merge_record(town: ReadBack, step: dict[str, Any]) -> None:
    gone, kept = town.records[step["from"]], town.records[step["into"]]
    services.merge_titles(kept=kept, gone=gone, by=town.actor({"site": "CHUO", **step}), at=moment(step["at"]))


def _read(town: ReadBack, name: str, value: Any) -> Any:
    match name:
        case "pickup":
            return town.sites[value]
        case "records":
            return [town.records[title].pk for title in value]
    return value


def _night(verb: Any) -> Any:
    def act(town: ReadBack, step: dict[str, Any]) -> None:
        answer = verb(by=town.actor({"site": "", **step}), at=moment(step["at"]))
        town.answer = {"staff": list(answer)} if isinstance(answer, list) else {}

    return act


def _allot(town: ReadBack, step: dict[str, Any]) -> None:
    by, at = town.actor({"site": "", **step}), moment(step["at"])
    if "title" in step:
        services.allot(record=town.records[step["title"]].pk, by=by, at=at)
    else:
        services.allot_everywhere(by=by, at=at)


def _not_found(town: ReadBack, step: dict[str, Any]) -> None:
    answer = services.not_found(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": list(answer)}


def _pick_list(town: ReadBack, step: dict[str, Any]) -> None:
    town.answer = {"pick_list": [item.barcode for item in services.pick_list(town.sites[step["site"]])]}


def _on_loan(verb: Any) -> Any:
    def act(town: ReadBack, step: dict[str, Any]) -> None:
        loan = queries.need_open_loan_of(find_item(step["item"]))
        town.answer = {"staff": list(verb(loan=loan, by=town.actor(step), at=moment(step["at"])))}

    return act


def _accept_replacement(town: ReadBack, step: dict[str, Any]) -> None:
    new = None
    if "new_item" in step:
        facts = town.world["items"][step["new_item"]]
        new = NewItem(
            barcode=step["new_item"], record=town.records[facts["title"]], home=town.sites[facts["home"]],
            agency=town.agency, material=facts["material"],
        )  # fmt: skip
    loan = queries.need_open_loan_of(find_item(step["item"]))
    item = services.accept_replacement(loan=loan, new=new, by=town.actor(step), at=moment(step["at"]))
    if item:
        town.items[step["new_item"]] = item


def _withdraw(town: ReadBack, step: dict[str, Any]) -> None:
    answer = services.withdraw(
        item=find_item(step["item"]), reason=step.get("reason", "worn"), by=town.actor(step), at=moment(step["at"]),
        overriding=frozenset(listed(step.get("overriding"))),
    )  # fmt: skip
    town.answer = {"staff": list(answer)}


def _set_aside(town: ReadBack, step: dict[str, Any]) -> None:
    services.set_aside(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _mark_missing(town: ReadBack, step: dict[str, Any]) -> None:
    services.mark_missing(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _send(town: ReadBack, step: dict[str, Any]) -> None:
    stop = services.send(
        item=find_item(step["item"]), to=town.sites[step["to"]], purpose=step.get("purpose", "home"), by=town.actor(step),
        at=moment(step["at"]),
    )  # fmt: skip
    town.answer = {"next": _next(town, stop)}


def _merge_patron(town: ReadBack, step: dict[str, Any]) -> None:
    staff = services.merge_patron(
        old=town.patrons[step["from"]], into=town.patrons[step["into"]], by=town.actor(step), at=moment(step["at"])
    )
    town.answer = {"staff": list(staff)}


def _pack(town: ReadBack, step: dict[str, Any]) -> None:
    services.pack(item=find_item(step["item"]), crate=step["crate"], by=town.actor(step), at=moment(step["at"]))


def _receive(town: ReadBack, step: dict[str, Any]) -> None:
    if "crate" not in step or "item" in step:
        _check_in(town, step)
        return
    crate = services.find_crate(step["crate"])
    _, staff = services.receive_crate(crate=crate, by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": list(staff)}


def _close_crate(town: ReadBack, step: dict[str, Any]) -> None:
    crate = services.find_crate(step["crate"])
    town.answer = {"staff": list(services.close_crate(crate=crate, by=town.actor(step), at=moment(step["at"])))}


def _close_site(town: ReadBack, step: dict[str, Any]) -> None:
    substitute = step.get("substitute", "none")
    services.close_site(
        facility=town.sites[step["closed"]], first_on=step["from"], last_on=step["to"],
        substitute=None if substitute == "none" else town.sites[substitute], by=town.actor(step), at=moment(step["at"]),
    )  # fmt: skip


def _shift_due_dates(town: ReadBack, step: dict[str, Any]) -> None:
    days = {"first_on": step["from"], "last_on": step["to"], "new_due_on": step["new_due"]}
    if step.get("preview"):
        town.answer = {"counts": {"loans": services.plan_shift(**days)}}
        return
    town.shift = services.shift_due_dates(**days, by=town.actor(step), at=moment(step["at"]))


def _undo_shift(town: ReadBack, step: dict[str, Any]) -> None:
    # A case may say which one by what it had done; there is one for each new day.
    shift = DueShift.objects.get(new_due_on=step["new_due"]) if "new_due" in step else town.shift
    done = services.undo_shift(shift=shift, by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": [one.message for one in done.left]}


def _estimate_arrival(town: ReadBack, step: dict[str, Any]) -> None:
    arrives = services.estimate_arrival(
        item=find_item(step["item"]), ready_to_go=moment(step.get("ready_to_go") or step["at"])
    )
    town.answer = {"arrives": arrives.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M") if arrives else "none"}


def _remind(town: ReadBack, step: dict[str, Any]) -> None:
    names = {patron.key: name for name, patron in town.patrons.items()}
    said = services.remind(by=town.actor({"site": "", **step}), at=moment(step["at"]))
    parts = [message.partition(":") for message in said]
    town.answer = {"staff": [f"{code}:{names[about]}" if about else code for code, _, about in parts]}


def _may_borrow(town: ReadBack, step: dict[str, Any]) -> None:
    answers = services.may_borrow(
        patron=town.patrons[step["patron"]], by=town.actor({"site": "", **step}), at=moment(step["at"]),
        kinds=listed(step.get("kinds", "loan")),
    )  # fmt: skip
    town.answer = {"refused_kinds": {kind: [reason.code for reason in why] for kind, why in answers.items()}}


def _replay_offline(town: ReadBack, step: dict[str, Any]) -> None:
    batches = [_batch(town, batch) for batch in step["batches"]]
    answers = services.replay_offline(batches=batches, by=town.actor({"site": "", **step}), at=moment(step["at"]))
    named = {line.key: written for batch, given in zip(batches, step["batches"], strict=True)
             for line, written in zip(batch.lines, given["lines"], strict=True)}  # fmt: skip
    for key, written in named.items():
        name = written.get("patron", "")
        if name and name not in town.patrons and (card := Card.objects.filter(number=f"CARD-{name}").first()):
            town.patrons[name] = card.patron
        if "hold" in written and (patron := town.patrons.get(name)):
            entered = Hold.objects.filter(patron=patron, accepted_at=named_at(batches, key)).first()
            town.holds |= {written["hold"]: entered} if entered else {}
    town.answer = {
        "lines": {answer.key: str(answer) for answer in answers},
        "order": [answer.key for answer in answers],
    }


def named_at(batches: list[Batch], key: str) -> datetime:
    return next(line.at for batch in batches for line in batch.lines if line.key == key)


def _batch(town: ReadBack, given: dict[str, Any]) -> Batch:
    """As a terminal writes it: signed with its own secret, unless the case breaks the signature."""
    terminal, _ = OfflineTerminal.objects.get_or_create(
        code=given["terminal"],
        defaults={
            "facility": town.sites[given["site"]],
            "secret": "of-the-town",
            "issued_at": morning_of(ORDINARY_DAY),
        },
    )
    lines = tuple(_line(town, written) for written in given["lines"])
    signature = given.get("signature") or signature_of(map(as_signed, lines), terminal.secret)
    return Batch(
        terminal=given["terminal"], site=given["site"], skew_seconds=given.get("skew_seconds", 0), lines=lines,
        signature=signature,
    )  # fmt: skip


def _line(town: ReadBack, given: dict[str, Any]) -> Line:
    name = given.get("patron", "")
    return Line(
        key=given["key"], kind=given["kind"], at=moment(given["at"]), item=given.get("item", ""),
        card=f"CARD-{name}" if name else "", record=town.records[given["title"]].pk if "title" in given else 0,
        pickup=given.get("pickup", ""), name=name if given["kind"] == "register" else "",
        category="adult" if given["kind"] == "register" else "",
    )  # fmt: skip


def _explain_due(town: ReadBack, step: dict[str, Any]) -> None:
    loan = queries.need_open_loan_of(find_item(step["item"]))
    explained = queries.explain_due(loan)
    town.answer = {"explains": {"due": explained.due_on, "version": explained.rules}}


def _lend_on(town: ReadBack, step: dict[str, Any]) -> None:
    services.lend_on(
        item=find_item(step["item"]), holder=step["holder"], by=town.actor(step), at=moment(step["at"])
    )  # fmt: skip


def _take_back_onward(town: ReadBack, step: dict[str, Any]) -> None:
    services.take_back_onward(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _tell_onward_count(town: ReadBack, step: dict[str, Any]) -> None:
    patron, month = town.patrons[step["patron"]], step["month"]
    row = services.tell_onward_count(
        patron=patron, month=month, told=step["told"], by=town.actor(step), at=moment(step["at"])
    )
    town.answer = {"counts": {"noted": row.noted, "told": row.told}}


VERBS = {
    "lend_on": _lend_on,
    "take_back_onward": _take_back_onward,
    "tell_onward_count": _tell_onward_count,
    "forget_onward": _night(services.forget_onward),
    "claim_returned": _on_loan(services.claim_returned),
    "declare_lost": _on_loan(services.declare_lost),
    "accept_replacement": _accept_replacement,
    "withdraw": _withdraw,
    "mark_missing": _mark_missing,
    "set_aside": _set_aside,
    "send": _send,
    "receive": _receive,
    "close_crate": _close_crate,
    "pack": _pack,
    "merge_patron": _merge_patron,
    "close_site": _close_site,
    "shift_due_dates": _shift_due_dates,
    "undo_shift": _undo_shift,
    "estimate_arrival": _estimate_arrival,
    "remind": _remind,
    "may_borrow": _may_borrow,
    "replay_offline": _replay_offline,
    "find_stuck": _night(services.find_stuck),
    "explain_due": _explain_due,
    "place_hold": _place_hold,
    "cancel_hold": _cancel_hold,
    "merge_record": _merge_record,
    "suspend": _on_hold(services.suspend_hold, until="until"),
    "change_pickup": _on_hold(services.change_pickup, pickup="pickup"),
    "reorder_set": _on_hold(services.reorder_set, records="titles"),
    "extend_shelf": _on_hold(services.extend_shelf),
    "expire_shelf": _night(services.expire_shelf),
    "expire_holds": _night(services.expire_holds),
    "allot": _allot,
    "not_found": _not_found,
    "pick_list": _pick_list,
    "check_out": _check_out,
    "check_in": _check_in,
    "renew": _renew,
    "found": _check_in,
}
