#!/usr/bin/env bash
# On a machine with a device: parity, sanitizers and benchmark, as Markdown for cuda/RESULTS.md. One command:
#   cuda/record_results.sh >>cuda/RESULTS.md
# `cuda/record_results.sh bench` measures alone.
set -euo pipefail
cd "$(dirname "$0")/.."
nvidia-smi --query-gpu=name --format=csv,noheader >/dev/null ||
  { echo "nvidia-smi finds no device" >&2; exit 1; }
# What is printed on standard error is progress; standard output is the record.
if [ "${1:-all}" = bench ]; then
  cmake --preset cuda >&2
  cmake --build --preset cuda --target evenkeel_cuda_bench >&2
else
  EVENKEEL_REQUIRE_BACKENDS=cuda tests/run.sh cuda >&2
fi

echo
echo "## $(date -u +%Y-%m-%d), commit $(git describe --always --dirty 2>/dev/null || echo unknown)"
echo
echo "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1), driver beside it;" \
  "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores;" \
  "$(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/nvcc \1/p'); -O3, sm_80 and sm_90."
if [ "${1:-all}" != bench ]; then
  echo
  echo "Parity (\`tests/run.sh cuda\`): $(grep -hE '^\[  PASSED  \]' build/logs/suite.log | tail -n 1)"
  echo
  echo '```'
  cuda/sanitize.sh
  echo '```'
fi
build/cuda/evenkeel_cuda_bench
