"""SQLite with one fair write gate."""
