"""XML drops: a document is read piece by piece, a declared element stands for each record."""
