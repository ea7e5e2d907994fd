"""The embedded sample: a drawn catalogue of any size, as vendors would send it, with its truth beside it."""
