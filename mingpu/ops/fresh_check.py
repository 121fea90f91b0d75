"""`python -m mingpu.ops.fresh_check`: the statement check against a database made from nothing."""

import os
import shutil
import subprocess
import sys
import tempfile

from mingpu.ops import postgres

if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="mingpu-check-")
    os.environ["MINGPU_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingpu.settings"
    try:
        owner = {**os.environ, "MINGPU_ZONE": "owner"}
        subprocess.run([sys.executable, "-m", "mingpu.ops.fresh"], check=True, env=owner)
        done = subprocess.run([sys.executable, "-m", "mingpu", "statement", "check"], check=False)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(done.returncode)
