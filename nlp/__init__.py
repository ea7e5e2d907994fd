"""Words to claims: what names and descriptions say about a product, with the words that prove it."""
