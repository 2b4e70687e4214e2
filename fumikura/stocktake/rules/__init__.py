"""Pure decisions of the stocktake: the order of a shelf, what a reading means, what may leave the stock."""
