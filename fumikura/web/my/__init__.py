"""My page: what a patron has on loan and until when, the card, the password, and what the library knows."""
