"""The demo town 水瀬市: composed from the files in `demo/` by a fixed seed, relative to the day, through the rooms' own verbs."""
