"""The published set of questions, graded over real records: how well the search answers what people type."""
