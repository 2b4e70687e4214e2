"""The office: bringing records in, sites and their calendars, staff and their roles."""
