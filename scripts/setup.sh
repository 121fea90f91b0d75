#!/bin/sh
# Make the virtual environment and install the locked versions, every file checked by its hash.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}"
if ! command -v "$PYTHON" >/dev/null; then
  echo "Python 3.11 or newer is needed (set PYTHON=… to choose one)." >&2
  exit 1
fi
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed; this is $("$PYTHON" -V)." >&2
  exit 1
}
if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
  rm -rf "$VENV"
  if ! "$PYTHON" -m venv "$VENV" 2>/dev/null; then
    # Debian keeps venv in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
      rm -rf "$VENV" && "$PYTHON" -m venv "$VENV"
    else
      echo "Please install python3-venv (sudo apt-get install python3-venv) and try again." >&2
      exit 1
    fi
  fi
fi
echo "  Installing the locked dependencies …"
"$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
# The command, to be called from anywhere: the code stays in the checkout.
here=$(pwd)
place=$(cd "$VENV" && pwd)
cat > "$VENV/bin/mingpu" <<END
#!/bin/sh
PYTHONPATH="$here\${PYTHONPATH:+:\$PYTHONPATH}" exec "$place/bin/python" -m mingpu "\$@"
END
chmod +x "$VENV/bin/mingpu"
