"""What the command line says when the database fails, instead of a stack trace."""

from django.db import DatabaseError

KNOWN = (
    (
        ("no such table", "no such column", "does not exist"),
        "データベースの表が、まだこのプログラムの版になっていません。fumikura migrate を実行してから、もう一度ためしてください。\n"
        "The tables are missing or older than the program: run fumikura migrate, then try again.",
    ),
    (
        ("disk is full", "no space left", "disk full", "could not extend file"),
        "ディスクがいっぱいです。場所を空けて、もう一度ためしてください。とちゅうまでの仕事は、区切りごとに残っています。\n"
        "The disk is full. Free some space and try again: what was finished is kept, nothing is half done.",
    ),
    (
        ("database is locked",),
        "データベースを、ほかのプログラムが長く使っています。そちらが終わってから、もう一度ためしてください。\n"
        "Another program has been using the database for too long. Try again when it has ended.",
    ),
    (
        ("tables were changed",),
        "仕事のあいだに、データベースの表が作り変えられました。何も書き込んでいません。もう一度実行してください。\n"
        "The tables were changed while this was under way. Nothing of it was done: run it again.",
    ),
    (
        ("readonly database", "read-only"),
        "データベースに書き込めません。FUMIKURA_HOME の持ち主と権限を確かめてください(fumikura doctor が調べます)。\n"
        "The database cannot be written. Check the owner and rights of FUMIKURA_HOME (fumikura doctor looks).",
    ),
    (
        ("connection refused", "could not connect", "connection failed", "connection is bad", "timeout expired"),
        "データベースにつながりません。PostgreSQL が動いているか、DATABASE_URL が正しいかを確かめてください。\n"
        "The database does not answer. Check that PostgreSQL runs and that DATABASE_URL is right.",
    ),
)


def sentence_for(failure: DatabaseError) -> str:
    """What to do about it, in Japanese and English; empty when we do not know this failure."""
    said = str(failure).lower()
    return next((sentence for signs, sentence in KNOWN if any(sign in said for sign in signs)), "")
