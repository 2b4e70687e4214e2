"""Reading what came back into the mailbox for returned mail."""

from datetime import datetime

from fumikura.kernel.actors import Actor
from fumikura.notices.bounces import dead_addresses, is_delivery_report
from fumikura.notices.mailbox import opened, set_aside, throw_away, unread_reports
from fumikura.notices.services.telling import address_came_back


def read_returned_mail(*, url: str, by: Actor, at: datetime) -> tuple[int, int]:
    """Read every unread delivery report in the mailbox `url`: (how many, how many readers are not written to any more).

    Each is a transaction of its own, and thrown away when it is done: what is cut off goes on at the next reading.
    MailboxTrouble when the mailbox cannot be read.
    """
    by.require("notices.change-wording")
    reports = readers = 0
    with opened(url) as box:
        for number, report in unread_reports(box):
            if not is_delivery_report(report):
                set_aside(box, number)
                continue
            readers += sum(address_came_back(address=one, by=by, at=at) for one in dead_addresses(report))
            throw_away(box, number)
            reports += 1
    return reports, readers
