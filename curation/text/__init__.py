"""Plain text tools that any room may use."""
