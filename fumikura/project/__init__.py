"""How the house is put together: settings, addresses, the timetable, the command line, checks of the configuration."""
