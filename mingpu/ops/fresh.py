"""`python -m mingpu.ops.fresh`: a mall from nothing, for tests and benchmarks: server, roles, tables."""

import django

from mingpu.ops.commands.setup import migrate, prepare

if __name__ == "__main__":
    prepare()
    django.setup()
    migrate()
