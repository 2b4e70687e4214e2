"""Django's SQLite back end, with the write gate around every transaction. (Django asks for this file name.)"""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from fumikura.project.sqlite.gate import WriteGate


class DatabaseWrapper(base.DatabaseWrapper):
    """Every transaction is IMMEDIATE, so every transaction passes the gate; plain reads do not."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._gate: WriteGate | None = None

    def _write_gate(self) -> WriteGate | None:
        if self._gate is None and not self.is_in_memory_db():
            self._gate = WriteGate(Path(f"{self.settings_dict['NAME']}-gate"))
        return self._gate

    def _start_transaction_under_autocommit(self) -> None:
        gate = self._write_gate()
        if gate:
            gate.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            if gate:
                gate.leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave_unless_still_inside()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_unless_still_inside()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._gate:
                self._gate.close()
                self._gate = None

    def _leave_unless_still_inside(self) -> None:
        # A commit that failed (disk full, say) leaves the transaction open until the rollback that follows.
        if self._gate and not (self.connection and self.connection.in_transaction):
            self._gate.leave()
