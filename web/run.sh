#!/usr/bin/env bash
# Builds the playground on a fresh Debian 12 (or newer) or Ubuntu 24.04 and serves it at
# http://localhost:8000/ (or the given port).
set -euo pipefail
cd "$(dirname "$0")/.."
native/install_packages.sh cmake ninja-build nlohmann-json3-dev libfast-float-dev emscripten python3 fonttools \
  fonts-roboto-unhinted ca-certificates
cmake --preset page >/dev/null
cmake --build --preset page
echo "Open http://localhost:${1:-8000}/ (stop with Ctrl-C). The files are in build/page/page."
exec python3 -m http.server --bind 127.0.0.1 --directory build/page/page "${1:-8000}"
