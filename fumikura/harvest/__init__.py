"""収集: catalogues of other institutions, taken into our own index with their source, their freshness and a way back.

Kept here: the sources, each run over one, which record came from where, what could not be taken in (with its bytes).
Not kept here: the records themselves (catalogue); catalogues that are only asked while somebody searches (discovery.targets).
Announced: harvest-source-set, harvest-source-ended, harvest-finished, harvest-stopped.
"""
