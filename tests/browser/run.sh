#!/usr/bin/env bash
# Runs tests of the playground: `tests/browser/run.sh page` and `embed` in Chromium, `window` under Xvfb; and
# `module`, the tests of the JavaScript module in node and Chromium. A second argument selects the tests whose
# names contain it. Needs the builds of tests/run.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
modules=build/browser/node_modules
if [ ! -e "$modules/playwright-core" ] || [ ! -e "$modules/typescript" ]; then
  mkdir -p build/browser
  cp tests/browser/package.json build/browser/
  npm install --prefix build/browser --no-audit --no-fund --loglevel=error
fi
export NODE_PATH=$PWD/$modules
case $1 in
  page | embed | module) exec node "tests/browser/$1_test.js" "${2:-}" ;;
  window) LIBGL_ALWAYS_SOFTWARE=1 exec xvfb-run -a -s "-screen 0 1400x900x24" node tests/browser/window_test.js "${2:-}" ;;
  *) echo "page, embed, module or window, please" >&2; exit 2 ;;
esac
