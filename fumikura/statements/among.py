"""Whether a number is one of many, worded alike for one and for a thousand: the numbers travel as one JSON value."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func, TextField, Value


def listed(numbers: Iterable[int] | Iterable[str]) -> str:
    """The numbers as `Among` takes them, or the words as `AmongWords` does."""
    return json.dumps(list(numbers), separators=(",", ":"))


class Among(Func):
    """A condition for `filter`: `Among("item", numbers)`, for statements that are worded once."""

    output_field = BooleanField()
    conditional = True
    kind = "bigint"

    def __init__(self, field: str, numbers: str) -> None:
        super().__init__(F(field), Value(numbers, output_field=TextField()))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        words = {"template": "%(expressions)s))", "arg_joiner": " IN (SELECT value FROM json_each("}
        return self.as_sql(compiler, connection, **words, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        joiner = " = ANY(ARRAY(SELECT jsonb_array_elements_text(("
        words = {"template": f"%(expressions)s)::jsonb)::{self.kind}))", "arg_joiner": joiner}
        return self.as_sql(compiler, connection, **words, **context)


class AmongWords(Among):
    """The same for a column of words, such as a barcode."""

    kind = "text"
