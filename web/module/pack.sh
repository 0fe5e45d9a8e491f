#!/usr/bin/env bash
# Builds the JavaScript module on a fresh Debian 12 (or newer) or Ubuntu 24.04 and packs it for npm:
# build/page/evenkeel-VERSION.tgz.
set -euo pipefail
cd "$(dirname "$0")/../.."
native/install_packages.sh cmake ninja-build nlohmann-json3-dev libfast-float-dev emscripten fonttools fonts-roboto-unhinted \
  ca-certificates
# Other node packages include npm and conflict with Debian's.
command -v npm >/dev/null || native/install_packages.sh npm
cmake --preset page >/dev/null
cmake --build --preset page --target evenkeel-module
cd build/page
npm pack ./page/module --loglevel=error
