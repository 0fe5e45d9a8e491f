#!/usr/bin/env bash
# Sets up and passes all tests, on a fresh Debian 12 (or newer) or Ubuntu 24.04.
#
# Each step is a build and what runs in it; `tests/run.sh STEP ...` runs only those named. Logs are in
# build/logs; the last line counts the tests of all steps.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${EVENKEEL_DATA:-}" ]; then
  EVENKEEL_DATA=$(realpath "$EVENKEEL_DATA")
  export EVENKEEL_DATA
fi

packages() {
  native/install_packages.sh g++ cmake ninja-build libcli11-dev nlohmann-json3-dev googletest \
    clang clang-format emscripten nodejs
  # Sanitizers and fuzzers of clang are a package of their own that carries clang's version.
  if ! compgen -G "$(clang++ -print-resource-dir)/lib/*/libclang_rt.fuzzer*" >/dev/null; then
    native/install_packages.sh "libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev"
  fi
}

export GTEST_COLOR=no # node passes for a terminal
passed=0 failed=0 skipped=0 broken=()
count() { # LOG
  local sum='{n += $1} END {print n + 0}'
  passed=$((passed + $(sed -n 's/^\[  PASSED  \] \([0-9]*\) tests\?\.$/\1/p' "$1" | awk "$sum")))
  failed=$((failed + $(sed -n 's/^\[  FAILED  \] \([0-9]*\) tests\?, listed below:$/\1/p' "$1" | awk "$sum")))
  skipped=$((skipped + $(sed -n 's/^\[  SKIPPED \] \([0-9]*\) tests\?, listed below:$/\1/p' "$1" | awk "$sum")))
}

step() { # NAME
  local name=$1 log=build/logs/$1.log begin=$SECONDS failed_before=$failed
  mkdir -p build/logs
  echo "== $name"
  # bash ignores set -e below a condition: steps chain their commands with && or return.
  if ("step_$name") >"$log" 2>&1; then
    count "$log"
    grep -hE '^(external golden data|EXTERNAL DATA|device text|fuzzed|NOT CHECKED|NOT BUILT|NOT RUN|measured|\[  SKIPPED )' "$log" | sort -u || true
    echo "   ok, $((SECONDS - begin)) s"
  else
    count "$log"
    [ "$failed" -gt "$failed_before" ] || failed=$((failed + 1)) # what failed was no test
    broken+=("$name")
    grep -E -A12 'error:|Failure$|FAILED|ERROR: |WARNING: ThreadSanitizer|runtime error' "$log" | head -n 80 || true
    tail -n 15 "$log"
    echo "   FAILED after $((SECONDS - begin)) s; the whole log: $log; again: tests/run.sh $name"
  fi
}

build() { # PRESET TARGET...
  local preset=$1
  shift
  cmake --preset "$preset" -DEVENKEEL_WERROR=ON && cmake --build --preset "$preset" --target "$@"
}

# A filter that matches nothing passes: each run of a suite must have run tests.
suite() { # COMMAND...
  "$@" | tee build/logs/suite.log && grep -qE '^\[  PASSED  \] [1-9][0-9]* tests?\.' build/logs/suite.log
}

# Everything on one lane; lanes are emulated in the native build, threads judged by tsan.
one_lane=--gtest_filter=-*emulated*:*threads*:*cuda*:EmulatedLanes*

# Versions of clang-format disagree; the project's is 14, Debian 12's.
step_format() {
  local version
  version=$(clang-format --version | sed -E 's/.*version ([0-9]+).*/\1/')
  if [ "$version" != 14 ]; then
    echo "NOT CHECKED: formatting wants clang-format 14, here is $version"
    return 0
  fi
  find core native web cuda tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' \) -print0 |
    xargs -0 clang-format --dry-run -Werror
}
step_native() {
  build native all &&
    EVENKEEL_REQUIRE_BACKENDS=cpu,emulated4,emulated32,threads4,threads32 suite build/native/evenkeel_tests &&
    suite build/native/evenkeel_allocation_test && suite build/native/evenkeel_cli_test
}
step_gcc_O0() { build gcc-O0 evenkeel_tests && suite build/gcc-O0/evenkeel_tests "$one_lane"; }
step_gcc_native() { build gcc-native evenkeel_tests && suite build/gcc-native/evenkeel_tests "$one_lane"; }
step_clang() { build clang all && suite build/clang/evenkeel_tests "$one_lane"; }
step_clang_O0() { build clang-O0 evenkeel_tests && suite build/clang-O0/evenkeel_tests "$one_lane"; }
step_clang_native() { build clang-native evenkeel_tests && suite build/clang-native/evenkeel_tests "$one_lane"; }
step_asan() {
  build asan all && suite build/asan/evenkeel_tests "$one_lane" && suite build/asan/evenkeel_cli_test
}
step_tsan() {
  build tsan evenkeel_tests &&
    EVENKEEL_REQUIRE_BACKENDS=threads4,threads32 ctest --preset tsan --verbose | sed 's/^[0-9]*: //'
}
step_web() { build web evenkeel_tests && suite node build/web/evenkeel_tests.js; }
playground_packages() { # PACKAGE...
  # Other packagings of node bring npm along, and refuse Debian's.
  command -v npm >/dev/null || native/install_packages.sh npm || return
  native/install_packages.sh fonttools fonts-roboto-unhinted "$@"
}
# The playground as a page, in Chromium. Ubuntu has Chromium as a snap only, which containers cannot run.
step_page() {
  playground_packages && build command evenkeel && build page evenkeel-playground || return
  if grep -q '^ID=debian' /etc/os-release; then native/install_packages.sh chromium || return; fi
  if ! command -v "${CHROMIUM:-/usr/bin/chromium}" >/dev/null; then
    echo "NOT RUN: the page is built; its tests want Chromium, by CHROMIUM=... where it is not /usr/bin/chromium"
    return 0
  fi
  suite tests/browser/run.sh page
}
# The playground in a window, on a screen without a monitor.
step_window() {
  playground_packages libsdl2-dev libgl-dev xvfb xauth && build command evenkeel &&
    build window evenkeel-playground && suite tests/browser/run.sh window
}
step_device_text() { cuda/check_device_text.sh; }
# The back end for devices: built where nvcc is, run where a device is. (The native step skips its tests by
# name.)
step_cuda() {
  if ! command -v nvcc >/dev/null; then
    echo "NOT BUILT: the CUDA back end wants nvcc on the PATH"
    return 0
  fi
  build cuda evenkeel evenkeel_cuda_bench || return
  local words
  words=$(build/cuda/evenkeel strategies | sed -n 's/^  cuda: //p')
  if [[ $words == *CUDA:* ]]; then
    echo "NOT RUN: the CUDA back end is built; $words"
    return 0
  fi
  build cuda evenkeel_tests &&
    EVENKEEL_REQUIRE_BACKENDS=cuda suite build/cuda/evenkeel_tests "--gtest_filter=*/cuda:Backends.*"
}
step_fuzz() {
  local fuzzer corpus
  build asan all || return
  for fuzzer in loads_npy loads_json loads_csv placement synth link balance; do
    corpus=build/corpus/$fuzzer
    mkdir -p "$corpus"
    # The first folder takes what is found; the seeds are only read.
    build/asan/fuzz_$fuzzer -max_total_time="${EVENKEEL_FUZZ_SECONDS:-10}" -print_final_stats=1 \
      -artifact_prefix=build/corpus/ "$corpus" "tests/corpus/${fuzzer#loads_}" || return
  done
  awk '/stat::number_of_executed_units/ {n += $2} END {print "fuzzed " n " inputs of 6 readers and the balancing core"}' build/logs/fuzz.log
}

all=(format native gcc_O0 gcc_native clang clang_O0 clang_native asan fuzz tsan web page window device_text cuda)
packages
for name in "${@:-${all[@]}}"; do
  declare -F "step_$name" >/dev/null || { echo "no step $name; there are ${all[*]}" >&2; exit 2; }
done
for name in "${@:-${all[@]}}"; do step "$name"; done

[ ${#broken[@]} -eq 0 ] || echo "failed: ${broken[*]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
