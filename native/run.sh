#!/usr/bin/env bash
# Sets up and runs the main job: builds the command on a fresh Debian 12 (or newer) or Ubuntu 24.04
# and balances the embedded example.
set -euo pipefail
cd "$(dirname "$0")/.."
native/install_packages.sh g++ cmake ninja-build libcli11-dev nlohmann-json3-dev
cmake --preset command >/dev/null
cmake --build --preset command
echo
build/command/evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4
echo
echo "Now with your own loads, a .npy of [steps, layers, experts] for example:"
echo "  build/command/evenkeel balance trace.npy --gpus 32 --redundant 32 --out placement.json"
