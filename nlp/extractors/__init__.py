"""The extractors of the text room, one idea a file, all behind ``nlp/extractors/port.py``."""
