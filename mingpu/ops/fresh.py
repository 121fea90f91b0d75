"""`python -m mingpu.ops.fresh`: a mall from nothing, for tests and benchmarks: server, roles, tables."""

import os

import django

from mingpu.ops.commands.setup import migrate, prepare

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingpu.settings")
    os.environ["MINGPU_ZONE"] = "owner"
    prepare()
    django.setup()
    migrate()
