"""How the trained parts of ``nlp/starter`` are made; nothing here runs when products are read."""
