#!/bin/sh
# Make sure there is a Chromium for the journey tests: the system's, or Playwright's own.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if [ -d "/Applications/Google Chrome.app" ]; then exit 0; fi
if .venv/bin/python -c 'import os,sys; from playwright.sync_api import sync_playwright as s
with s() as p: sys.exit(not os.path.exists(p.chromium.executable_path))' 2>/dev/null; then exit 0; fi
echo "  Installing a browser for the tests …"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
else
  .venv/bin/playwright install chromium
fi
