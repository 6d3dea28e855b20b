"""JSON from bytes: its objects found without parsing the whole, and each read without changing a value."""
