"""What programs look for before they know us: robots.txt, sitemaps, OpenSearch description, unAPI. Reading only."""
