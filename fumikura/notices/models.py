"""What is to be told, how readers wish to be told, and the library's own words."""

from django.db import models
from django.db.models import Q

from fumikura.patrons.models import Patron


class Notice(models.Model):
    """通知: one reader is to be told of one kind, on one day, by one way. What of, is found when it leaves."""

    class State(models.TextChoices):
        WAITING = "waiting", "待ち"
        SENDING = "sending", "送信中"
        SENT = "sent", "送信ずみ"
        OVERTAKEN = "overtaken", "不要になった"
        GIVEN_UP = "given-up", "届かない"
        LEFT = "message-left", "伝言した"

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    on = models.DateField()
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    """When it may leave; while it is being sent, when another worker takes it for lost and tries again."""
    settled_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=60, blank=True)
    """The kind of failure, never its words, which might hold an address."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "kind", "on", "channel"], name="one_notice_a_day")]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(settled_at=None), name="notice_waiting")]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Choice(models.Model):
    """通知の希望: by which ways a reader is told of a kind. Without one: by e-mail, when the library has an address."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    channels = models.JSONField(default=list)
    """Names of ways; an empty list: the reader does not want to be told."""
    with_titles = models.BooleanField(default=True)
    """In mail and letters."""
    titles_on_screens = models.BooleanField(default=False)
    """Also where others read over the shoulder: telephones lying on a table."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "kind"], name="one_choice_a_kind")]

    def __str__(self) -> str:
        return f"choice {self.pk}"


class Habit(models.Model):
    """知らせてよい時: hours in which a reader wants no message, and whether one message a day is enough."""

    patron = models.OneToOneField(Patron, on_delete=models.CASCADE, related_name="+")
    opens = models.PositiveSmallIntegerField(default=0)
    """From this hour on (local time), within the library's own hours."""
    closes = models.PositiveSmallIntegerField(default=24)
    digest = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"habit {self.pk}"


class Wording(models.Model):
    """文面: the library's own words for a kind in a language; without one the words of the house are used.

    Also for a sentence of kernel.reasons (notices.sentences): its name is the kind, the sentence the subject, the way out the body.
    """

    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    """Null: in force. Earlier ones are kept to be read, and taken up again."""
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], condition=Q(until=None), name="one_wording_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class FailedAddress(models.Model):
    """届かない宛先: messages by this way came back. It ends when the reader's address changes or somebody mends it."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    """SHA-256 of the address that failed: a new address is tried again."""
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "channel"], name="one_failed_address")]

    def __str__(self) -> str:
        return f"failed address {self.pk}"
