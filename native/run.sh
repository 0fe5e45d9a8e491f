#!/usr/bin/env bash
# Sets up and runs the main job: builds the command on a fresh Debian 12 (or newer) or Ubuntu 24.04
# and compares all strategies on a synthetic trace of DeepSeek-V3, with a report to look at.
set -euo pipefail
cd "$(dirname "$0")/.."
native/install_packages.sh g++ cmake ninja-build libcli11-dev nlohmann-json3-dev
cmake --preset command >/dev/null
cmake --build --preset command
echo
build/command/evenkeel demo
