"""A file as bytes, before it is of any format: what it really is, unpacked, its encoding settled, its lines."""
