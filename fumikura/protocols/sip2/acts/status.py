"""SC Status: what this terminal may do here."""

from fumikura.organisation.queries import device_actor
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import Turn


def tell_status(turn: Turn) -> Message:
    by = device_actor(turn.device)
    may = {
        verb: "Y" if by.may(f"circulation.{verb}") else "N" for verb in ("check-out", "check-in", "renew", "place-hold")
    }
    fixed = {
        "online": "Y",
        "checkin": may["check-in"],
        "checkout": may["check-out"],
        "renewal": may["renew"],
        "status_update": "Y" if by.may("holdings.see-item") else "N",
        "offline": "Y",
        "timeout": "030",
        "retries": "003",
        "version": "2.00",
    }
    block, enable = ("Y" if by.may(f"patrons.{verb}") else "N" for verb in ("block", "unblock"))
    seen = "Y" if by.may("holdings.see-item") else "N"
    # BX, one letter a message: status, checkout, checkin, block, SC status, resend, login, information, end session,
    # fee paid, item information, item status update, enable, hold, renew, renew all.
    supported = f"Y{may['check-out']}{may['check-in']}{block}YYYYYYY{seen}{enable}{may['place-hold']}{may['renew']}{may['renew']}"
    fields = (("AM", turn.device.facility.name), ("BX", supported), ("AN", turn.device.code))
    return turn.answer("98", fixed, *fields)
