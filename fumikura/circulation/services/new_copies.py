"""新しい本は自館の人から: copies so new that readers who collect at their library go before the others, where a rule says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from fumikura.circulation.models import Hold, HoldTitle
from fumikura.circulation.queries import mode_for
from fumikura.circulation.rules.holding import FreeCopy
from fumikura.circulation.rules.policies import Count, HoldPolicy, plain, reaches
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.services.queue import who_wants_a_copy
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.waiting_rules import hold_policy, waiting_subject
from fumikura.holdings.models import Item
from fumikura.patrons.queries import standing_of_each
from fumikura.patrons.rules import Standing


def serves_its_own_first(item: Item, hold: Hold, scene: Scene) -> bool:
    """Whether readers who collect at the copy's own library go before this one."""
    if hold.pickup_id == item.home_id:
        return False
    age = (scene.on - item.added_on).days
    if reaches(age, longest_new(scene.rules.rule_set)):
        return False
    return not reaches(age, hold_policy(hold, item, scene).new_item_days)


def longest_new(rules: RuleSet) -> Count:
    """For so many days some rule keeps new copies; 0 in most cities, and nothing more need be asked."""
    given = {rule.gives.get("hold.new_item_days", 0) for rule in rules.rules}
    return "unlimited" if "unlimited" in given else max((days for days in given if isinstance(days, int)), default=0)


@dataclass
class NewCopies:
    """The new copies of one title while its copies are given out. Who waits, and what the rules say to whom, is asked
    once for all, and only when a copy is new."""

    record: int
    scene: Scene

    def that_may_leave(self, copies: Sequence[FreeCopy], title: HoldTitle, tried: set[int]) -> Sequence[FreeCopy]:
        """Without those that are new and that somebody who collects at their own library waits for, but for who was
        `tried`."""
        if all(copy.site == title.hold.pickup.code for copy in copies) or not self._longest:
            return copies
        items = self._new_among(copies)
        if not items:
            return copies
        waited_for = self._waited_for(items, tried)
        return [copy for copy in copies if not self._is_kept(items.get(copy.item), title, waited_for)]

    def passed_over_with(self, copies: Sequence[FreeCopy], tried: set[int]) -> set[int]:
        """Of all these copies nobody of those may have one; of who wants a certain copy is not spoken."""
        items = self._new_among(copies)
        waited_for = self._waited_for(items, tried)
        return {
            title.pk
            for title in self._queue
            if title.item_id is None
            and all(self._is_kept(items.get(copy.item), title, waited_for) for copy in copies)
            and any(copy.site != title.hold.pickup.code for copy in copies)
        }

    def _waited_for(self, items: dict[int, Item], tried: set[int]) -> set[int]:
        """The homes of these copies at which somebody collects who was not tried yet."""
        homes = {item.home_id for item in items.values()}
        return homes & {title.hold.pickup_id for title in self._queue if title.pk not in tried}

    def _is_kept(self, item: Item | None, title: HoldTitle, waited_for: set[int]) -> bool:
        if item is None or item.home_id not in waited_for or title.hold.pickup_id == item.home_id:
            return False
        return not reaches((self.scene.on - item.added_on).days, self._days(item, title.hold))

    def _days(self, item: Item, hold: Hold) -> int:
        assert hold.patron is not None
        if hold.patron.pk not in self._standings:
            # Asked a moment ago, after the queue was read.
            self._standings |= standing_of_each([hold.patron], self.scene.on)
        subject = waiting_subject(hold, item, self._standings[hold.patron.pk], mode=self._mode)
        alike = tuple(subject.values())
        if alike not in self._decided:
            rules = self.scene.rules.rule_set.decide(subject, self.scene.on)
            self._decided[alike] = HoldPolicy.of(plain(rules)).new_item_days
        return self._decided[alike]

    def _new_among(self, copies: Sequence[FreeCopy]) -> dict[int, Item]:
        unknown = [copy.item for copy in copies if copy.item not in self._looked_at]
        if unknown:
            new = self._possibly_new().select_related("home").in_bulk(unknown)
            self._looked_at |= {number: new.get(number) for number in unknown}
        found = ((copy.item, self._looked_at[copy.item]) for copy in copies)
        return {number: item for number, item in found if item}

    def _possibly_new(self) -> "QuerySet[Item]":
        if isinstance(self._longest, str):
            return Item.objects.all()
        return Item.objects.filter(added_on__gt=self.scene.on - timedelta(days=self._longest))

    @cached_property
    def _looked_at(self) -> dict[int, Item | None]:
        return {}

    @cached_property
    def _decided(self) -> dict[tuple[Any, ...], int]:
        return {}

    @cached_property
    def _longest(self) -> Count:
        return longest_new(self.scene.rules.rule_set)

    @cached_property
    def _mode(self) -> str:
        return mode_for(self.scene.rules.rule_set)

    @cached_property
    def _queue(self) -> list[HoldTitle]:
        return who_wants_a_copy(self.record, self.scene.on)

    @cached_property
    def _standings(self) -> dict[int, Standing]:
        return standing_of_each((title.hold.patron for title in self._queue if title.hold.patron), self.scene.on)
