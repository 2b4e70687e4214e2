"""Pages of the cataloguer: a form in, one verb or some queries, a page out."""
