"""書かない窓口: writing an application at home or in the queue, on one's own telephone; the desk only looks and hands over."""
