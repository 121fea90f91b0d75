"""`python -m mingpu COMMAND`."""

from mingpu.ops.cli import main

main()
