"""What is being asked, whatever door it came through. Frozen, pure; every door parses to it, every engine compiles from it."""
