"""Every stored file: where it lies, what it is, whose it is. Bytes never change once stored (R18)."""
