"""What may be done and until when: pure decisions over frozen facts. One module for each noun."""
