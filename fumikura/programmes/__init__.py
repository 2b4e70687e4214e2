"""行事・お知らせ: what the sites invite people to, and what they want everybody to know.

Kept here: programmes with their days (sessions), announcements. Not kept here: opening days (organisation), lists of books
(discovery), messages to single readers (notices); nobody's name is taken for an event.
Announced: programme-written, programme-ended, announcement-written, announcement-ended.
"""
