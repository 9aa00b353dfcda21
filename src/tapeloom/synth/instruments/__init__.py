"""The instruments, one a module: each states its DESIGN."""
