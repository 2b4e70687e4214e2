"""The cataloguer's desk: records are written, fetched from other libraries and mended here, copies added, labels printed."""
