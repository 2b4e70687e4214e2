"""通知: what the library tells readers without being asked, and by which way.

Kept here: that somebody is to be told something of a kind on a day, whether it went out, the readers' choices, the library's words.
Not kept here: what was said. A message is composed when it leaves, from what is true then, so that nothing is left to forget
and nobody is told of a book that was brought back in the meantime. No address is kept here: it is read when a message leaves.
"""
