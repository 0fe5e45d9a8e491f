#!/usr/bin/env bash
# Sets up and serves the playground: builds the page on a fresh Debian 12 (or newer) or Ubuntu 24.04 and
# serves it at http://localhost:8000/, or at the port that is given.
set -euo pipefail
cd "$(dirname "$0")/.."
native/install_packages.sh cmake ninja-build nlohmann-json3-dev emscripten python3 fonttools \
  fonts-roboto-unhinted ca-certificates
cmake --preset page >/dev/null
cmake --build --preset page
echo "Open http://localhost:${1:-8000}/ (Ctrl-C ends it). The files are in build/page/page."
exec python3 -m http.server --bind 127.0.0.1 --directory build/page/page "${1:-8000}"
