"""The town in which every game begins."""

from datetime import date

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from fumikura.circulation import services
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.rules.counting import counters_of
from fumikura.holdings.models import Item
from fumikura.holdings.services.sets import make_set
from fumikura.organisation.models import Facility
from tests.cast import AT, SYSTEM, category, facility, kita, patron
from tests.catalogue.records import kokoro_bytes
from tests.circulation.cast import at_desk, item

SITES = ("CHUO", "KITA", "EKIMAE")
STATION = 2
LIMIT = 3
LIMIT_AT_KITA = 2
DOORS = 2


class Town:
    """Three sites, one a locker of two doors; three titles in seven copies, two of them a set; four readers who may have
    three things each, two of them from 北, and a class.
    """

    def __init__(self) -> None:
        rules = services.house_rules()
        rules["counters"] = {"from-kita": {"transaction": "KITA"}}
        rules["rules"][0]["give"] |= {"loan.limit.print": LIMIT, "loan.limit.from-kita": LIMIT_AT_KITA}
        rules["rules"][2]["give"]["loan.limit.from-kita"] = "unlimited"
        services.save_policy_set(name="網", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
        self.places: list[Facility] = [facility("CHUO"), kita(), facility("EKIMAE", "駅前", holds_stock=False)]
        services.set_up_locker(facility=self.places[2], doors=DOORS, by=at_desk("EKIMAE"), at=AT)
        self.titles: list[BibliographicRecord] = [
            save_record(kokoro_bytes(f"20000{n}", f"第{n}巻"), by=SYSTEM, at=AT) for n in range(3)
        ]
        self.items = [item(f"3000{n:04}", record=self.titles[n % 3], home=self.places[n % 2]) for n in range(7)]
        self.box = make_set(number="S0001", name="環境", home=self.places[0], items=self.items[5:], by=at_desk(), at=AT)
        self.terminal = services.prepare_terminal(
            facility=self.places[0], code="T1", name="カウンター1", by=at_desk(), at=AT
        )
        self.people = [patron(f"人{n}", "ひと", f"2000{n:04}") for n in range(4)]
        pupils = {"category": category("class", parent=category("group").code), "residency": "group", "born_on": None}
        self.pupils = patron("第三小 4年1組", "だいさんしょう", "20009999", **pupils)
        self.counted = {one.pk: self.counters(one) for one in self.items}

    @staticmethod
    def counters(one: Item) -> bool:
        return "print" in counters_of(rules_in_force(AT.date()).rule_set, {"material": one.material})
