#!/usr/bin/env bash
# Runs the device tests under compute-sanitizer: memcheck, racecheck, synccheck. Needs a device and the CUDA
# toolkit; run `tests/run.sh cuda` first, which builds the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null || true)
[ -n "$tool" ] || { echo "compute-sanitizer was not found; it comes with the CUDA toolkit" >&2; exit 1; }
[ -x build/native/evenkeel_tests ] || { echo "build/native/evenkeel_tests does not exist; run tests/run.sh cuda" >&2; exit 1; }

# Every strategy, shape and kind of work, but not millions of rows: a sanitizer is about 50 times slower.
# racecheck checks only shared memory; the thread sanitizer on emulated lanes finds races in global memory.
filter='*GeneratedCases/cuda:*MetricsAlone*/cuda:*APartOfABatch*/cuda:*WindowsOfSteps*/cuda:*AFault*/cuda'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for check in memcheck racecheck synccheck; do
  echo "== $check"
  EVENKEEL_REQUIRE_BACKENDS=cuda "$tool" --tool "$check" --error-exitcode 9 \
    build/native/evenkeel_tests "--gtest_filter=$filter" >"$log" 2>&1 ||
    { tail -n 40 "$log"; echo "$check: FAILED"; exit 1; }
  grep -E '^=+ (ERROR|RACECHECK) SUMMARY' "$log"
  grep -qE 'SUMMARY: 0 (errors|hazards)' "$log" || { echo "$check: FAILED"; exit 1; }
  grep -qE '^\[  PASSED  \] [1-9]' "$log" || { echo "$check: no test ran"; exit 1; }
done
