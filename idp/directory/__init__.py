"""Where employees are known: connectors behind one small interface. Knows no page and no password rule of ours."""
