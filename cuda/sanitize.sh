#!/usr/bin/env bash
# compute-sanitizer over the device's tests: memcheck, racecheck, synccheck. Wants a device and the CUDA
# toolkit; `tests/run.sh cuda` comes first, since it builds what is run here.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null || true)
[ -n "$tool" ] || { echo "compute-sanitizer was not found; it comes with the CUDA toolkit" >&2; exit 1; }
[ -x build/cuda/evenkeel_tests ] || { echo "build/cuda/evenkeel_tests is not there; run tests/run.sh cuda" >&2; exit 1; }

# Every strategy, shape and kind of work, but not the millions of rows: a sanitizer is some 50 times slower.
# racecheck sees shared memory alone; races in global memory are for the thread sanitizer on emulated lanes.
filter='*GeneratedCases/cuda:*MetricsAlone*/cuda:*APartOfABatch*/cuda:*WindowsOfSteps*/cuda:*AFault*/cuda'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for check in memcheck racecheck synccheck; do
  echo "== $check"
  EVENKEEL_REQUIRE_BACKENDS=cuda "$tool" --tool "$check" --error-exitcode 9 \
    build/cuda/evenkeel_tests "--gtest_filter=$filter" >"$log" 2>&1 ||
    { tail -n 40 "$log"; echo "$check: FAILED"; exit 1; }
  grep -E '^=+ (ERROR|RACECHECK) SUMMARY' "$log"
  grep -qE 'SUMMARY: 0 (errors|hazards)' "$log" || { echo "$check: FAILED"; exit 1; }
  grep -qE '^\[  PASSED  \] [1-9]' "$log" || { echo "$check: no test ran"; exit 1; }
done
