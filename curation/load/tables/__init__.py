"""What formats of tables share: how a text table is written, which record names the columns, columns as rows."""
