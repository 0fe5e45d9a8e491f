#!/usr/bin/env bash
# Builds the command on a fresh Debian 12 (or newer) or Ubuntu 24.04, compares all strategies on a synthetic
# trace of DeepSeek-V3, and writes a report.
set -euo pipefail
cd "$(dirname "$0")/.."
native/install_packages.sh g++ cmake ninja-build libcli11-dev nlohmann-json3-dev libfast-float-dev zlib1g-dev libzstd-dev
cmake --preset command >/dev/null
cmake --build --preset command
echo
build/command/evenkeel demo
