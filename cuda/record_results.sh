#!/usr/bin/env bash
# On a machine with a device: parity, sanitizers and benchmark, as Markdown for cuda/RESULTS.md. One command:
#   cuda/record_results.sh >>cuda/RESULTS.md
# `cuda/record_results.sh bench` only measures.
set -euo pipefail
cd "$(dirname "$0")/.."
nvidia-smi --query-gpu=name --format=csv,noheader >/dev/null ||
  { echo "nvidia-smi finds no device" >&2; exit 1; }
# Standard error shows progress; standard output is the record. cmake is called directly because packages may
# not be installable on a machine with a device.
tests=ON
[ "${1:-all}" != bench ] || tests=OFF
{
  cmake --preset cuda -DEVENKEEL_CUDA=ON -DEVENKEEL_TESTS=$tests
  cmake --build --preset cuda --target evenkeel_cuda_bench
  [ $tests = OFF ] || cmake --build --preset cuda --target evenkeel_tests
} >&2

echo
echo "## $(date -u +%Y-%m-%d), commit $(git describe --always --dirty 2>/dev/null || echo unknown)"
echo
echo "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1), driver beside it;" \
  "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores;" \
  "$(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/nvcc \1/p'); -O3, sm_80 and sm_90."
if [ $tests = ON ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  EVENKEEL_REQUIRE_BACKENDS=cuda build/native/evenkeel_tests '--gtest_filter=*/cuda:Backends.*' >"$log" 2>&1 ||
    { tail -n 40 "$log" >&2; echo "parity: FAILED" >&2; exit 1; }
  echo
  echo "Parity: $(grep -hE '^\[  PASSED  \] [1-9]' "$log")"
  grep -hE '^(external golden data|EXTERNAL DATA)' "$log" || echo "(no golden data: EVENKEEL_DATA)"
fi
build/native/evenkeel_cuda_bench
if [ $tests = ON ]; then
  printf '\n```\n'
  cuda/sanitize.sh || echo "the sanitizers failed or could not run"
  printf '```\n'
fi
