"""Tags of the cataloguer's pages."""
