#!/usr/bin/env python3
"""The same program as `fumikura`."""

from fumikura.project.program import main

if __name__ == "__main__":
    main()
