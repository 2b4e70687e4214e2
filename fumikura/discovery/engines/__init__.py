"""Engines that keep and search documents, behind one Protocol."""
