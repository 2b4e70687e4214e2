"""Reading a delivery report (RFC 3464): which addresses will never work. Pure."""

from email import message_from_bytes
from email.message import Message
from typing import Final

PERMANENT: Final = "5."


def dead_addresses(report: bytes) -> list[str]:
    """The final recipients whose delivery failed for good (status 5.x.x), in the order of the report.

    A text that is no report, or one about delays only, names nobody.
    """
    found: dict[str, None] = {}
    for part in message_from_bytes(report).walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message) and (address := _dead(block)):
                    found[address] = None
    return list(found)


def is_delivery_report(message: bytes) -> bool:
    """Whether it tells of a delivery, and not of a reading or of a complaint."""
    return any(part.get_content_type() == "message/delivery-status" for part in message_from_bytes(message).walk())


def _dead(block: Message) -> str:
    recipient = str(block.get("Final-Recipient") or block.get("Original-Recipient") or "")
    failed = str(block.get("Action", "")).strip().lower() == "failed"
    if not failed or not str(block.get("Status", "")).strip().startswith(PERMANENT):
        return ""
    return recipient.partition(";")[2].strip() or recipient.strip()
