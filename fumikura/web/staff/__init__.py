"""Door for everybody who works here, beside the page they are at: find anything, what I did today, help for this page."""
