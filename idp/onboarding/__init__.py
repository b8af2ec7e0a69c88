"""How somebody comes to MES: asks for access, shows that the address is theirs, and is approved module by module."""
