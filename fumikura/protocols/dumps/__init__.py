"""The whole catalogue as files, made every night: for researchers, other libraries, and whoever wants to leave us one day."""
