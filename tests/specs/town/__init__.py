"""The small town in which the circulation cases play: its rows are laid out as a case says, and read back in its words."""
