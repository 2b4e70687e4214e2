"""Who is told of what, and what is on its way."""

from django.db import models


class Webhook(models.Model):
    """ウェブフック: a program that is told."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=300)
    topics = models.JSONField(default=list)
    """record, availability, site."""
    salt = models.CharField(max_length=40)
    """From it and the instance's own key the secret is made; the secret itself is nowhere kept."""
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    """When it answered 410: it wants no more. Nothing is sent until somebody switches it on again."""
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """配達: one message to one program. What arrived is kept for a week, to be looked at and sent again."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    topic = models.CharField(max_length=20)
    entry = models.BigIntegerField()
    """The journal's entry up to which it tells."""
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=60, blank=True)
    """Of the last attempt: a status, or why there was none."""
    arrived_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "topic", "entry"], name="told_once")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_due",
                condition=models.Q(arrived_at=None, given_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
