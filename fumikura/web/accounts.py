"""Django's accounts of staff, looked up by a statement that is worded once: a counter asks at every scan."""

from django.contrib.auth.backends import ModelBackend

from fumikura.organisation.models import User
from fumikura.organisation.queries import find_user_numbered


class Accounts(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        """Who is signed in, unless they may not any more."""
        return find_user_numbered(user_id)
