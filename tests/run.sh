#!/usr/bin/env bash
# Installs what the tests need and runs all tests, on a fresh Debian 12 (or newer) or Ubuntu 24.04.
#
# Each step is a build and its tests; `tests/run.sh STEP ...` runs only the named steps. Logs are in
# build/logs; the last line counts the tests of all steps.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${EVENKEEL_DATA:-}" ]; then
  EVENKEEL_DATA=$(realpath "$EVENKEEL_DATA")
  export EVENKEEL_DATA
fi

packages() {
  native/install_packages.sh g++ cmake ninja-build libcli11-dev nlohmann-json3-dev libfast-float-dev zlib1g-dev libzstd-dev googletest libyaml-cpp-dev \
    clang clang-format emscripten nodejs python3 fonttools fonts-roboto-unhinted libsdl2-dev libgl-dev libpng-dev
  # Sanitizers and fuzzers of clang are in a separate package with clang's version in its name.
  if ! compgen -G "$(clang++ -print-resource-dir)/lib/*/libclang_rt.fuzzer*" >/dev/null; then
    native/install_packages.sh "libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev"
  fi
  # The browser tests. Other node packages include npm and conflict with Debian's.
  command -v npm >/dev/null || native/install_packages.sh npm
}

export GTEST_COLOR=no # otherwise node is treated as a terminal
sum_of() { # LOG PATTERN: the sum of the captured numbers
  sed -n "s/^$2\$/\1/p" "$1" | awk '{n += $1} END {print n + 0}'
}

# Runs one step. Prints the outcome at once, and writes build/logs/NAME.count: passed, failed, skipped,
# broken, seconds, seconds of processor time.
step() { # NAME
  local name=$1 log=build/logs/$1.log broken=0 failed took processor TIMEFORMAT='%R %U %S'
  # bash ignores set -e inside a condition: steps chain their commands with && or return.
  { time ("step_$name" >"$log" 2>&1) || broken=1; } 2>"build/logs/$name.times"
  read -r took processor < <(awk 'END {printf "%.0f %.0f\n", $1, $2 + $3}' "build/logs/$name.times")
  failed=$(sum_of "$log" '\[  FAILED  \] \([0-9]*\) tests\{0,1\}, listed below:')
  [ "$broken" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1 # something other than a test failed
  echo "$(sum_of "$log" '\[  PASSED  \] \([0-9]*\) tests\{0,1\}\.') $failed" \
    "$(sum_of "$log" '\[  SKIPPED \] \([0-9]*\) tests\{0,1\}, listed below:') $broken $took $processor" >"build/logs/$name.count"
  # Printed at once, because another step may be printing, too.
  printf '%s\n' "$(
    echo "== $name"
    if [ "$broken" -eq 0 ]; then
      grep -hE '^(external golden data|EXTERNAL DATA|device text|fuzzed|NOT CHECKED|NOT BUILT|NOT RUN|measured|\[  SKIPPED )' "$log" | grep -v ' ms)$' | sort -u || true
      echo "   ok, $took s, $processor s of processor time"
    else
      grep -E -A12 'error:|Failure$|FAILED|ERROR: |WARNING: ThreadSanitizer|runtime error' "$log" | head -n 80 || true
      tail -n 15 "$log"
      echo "   FAILED after $took s; the whole log: $log; again: tests/run.sh $name"
    fi
  )"
}

# Without a device, code for one architecture is enough: no test runs it.
cuda=()
[ -e /dev/nvidiactl ] || cuda=(-DEVENKEEL_CUDA_ARCHITECTURES=90)

# Steps that run at the same time may need the same build: one of them builds, the other one waits.
build() { # PRESET TARGET...
  local preset=$1 configured=build/logs/$1.configured status
  shift
  exec {lock}>"build/logs/$preset.lock"
  flock "$lock"
  { [ -e "$configured" ] || cmake --preset "$preset" -DEVENKEEL_WERROR=ON "${cuda[@]}"; } && touch "$configured" &&
    cmake --build --preset "$preset" --target "$@"
  status=$?
  exec {lock}>&-
  return $status
}

# A filter without matches passes, so each run of a suite must have run tests.
suite() { # COMMAND...
  local log
  log=$(mktemp)
  "$@" | tee "$log" && grep -qE '^\[  PASSED  \] [1-9][0-9]* tests?\.' "$log"
  local status=$?
  rm -f "$log"
  return $status
}

# Everything on one lane; the native build emulates lanes, tsan checks threads.
one_lane=--gtest_filter=-*emulated*:*threads*:*OnThreads*:*cuda*:*EmulatedLanes*:ScratchBands.*Lanes

# Versions of clang-format format differently; the project uses 14, from Debian 12.
step_format() {
  local version
  version=$(clang-format --version | sed -E 's/.*version ([0-9]+).*/\1/')
  if [ "$version" != 14 ]; then
    echo "NOT CHECKED: formatting needs clang-format 14, found $version"
    return 0
  fi
  find core native web cuda tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' \) -print0 |
    xargs -0 clang-format --dry-run -Werror
}
# Lanes as threads are left to tsan, which runs the same cases on them and also finds races.
step_native() {
  build everything all &&
    EVENKEEL_REQUIRE_BACKENDS=cpu,emulated4,emulated32 suite build/native/evenkeel_tests \
      --gtest_filter=-*threads*:*OnThreads* &&
    suite build/native/evenkeel_allocation_test && suite build/native/evenkeel_cli_test
}
# The same tests with a core from another compiler or other flags.
compare_results() { # PRESET [ONE_IN]
  build everything evenkeel_library_tests evenkeel_emulated evenkeel_chunk &&
    build "$1" evenkeel_tests && EVENKEEL_ONE_IN=${2:-1} suite "build/$1/evenkeel_tests" "$one_lane"
}
step_gcc_O0() { compare_results gcc-O0 4; }
step_gcc_native() { compare_results gcc-native; }
step_clang() { compare_results clang; }
step_clang_O0() { compare_results clang-O0 4; }
step_clang_native() { compare_results clang-native; }
# With sanitizers all takes ten times as long: one generated case in ten, and one line in ten of golden.txt by the
# command. The suite runs all of golden.txt.
step_asan() {
  build everything evenkeel_library_tests evenkeel_other_tests evenkeel_cli_test &&
    build asan evenkeel evenkeel_tests && export EVENKEEL_ONE_IN=10 &&
    suite build/asan/evenkeel_tests "$one_lane" &&
    EVENKEEL_PROGRAMS=build/asan suite build/native/evenkeel_cli_test \
      --gtest_filter=-*KilledAtAny*:*OfTheReadme*
}
step_tsan() {
  build everything evenkeel_test_support && build tsan evenkeel_tests &&
    EVENKEEL_REQUIRE_BACKENDS=threads4,threads32 ctest --preset tsan --verbose | sed 's/^[0-9]*: //'
}
step_web() { build web evenkeel_tests && suite node build/page/evenkeel_tests.js; }
# The playground as a page in Chromium, and the JavaScript module in Chromium and node. Ubuntu has Chromium
# only as a snap, which containers cannot run.
step_page() {
  build everything evenkeel && build page evenkeel-playground evenkeel-module || return
  if grep -q '^ID=debian' /etc/os-release; then native/install_packages.sh chromium || return; fi
  if ! command -v "${CHROMIUM:-/usr/bin/chromium}" >/dev/null; then
    echo "NOT RUN: the page is built; its tests need Chromium (set CHROMIUM=... if it is not /usr/bin/chromium)"
    return 0
  fi
  suite tests/browser/run.sh page && suite tests/browser/run.sh embed && suite tests/browser/run.sh module
}
# The playground in a window, on a virtual screen.
step_window() {
  native/install_packages.sh xvfb xauth && build everything evenkeel evenkeel-playground &&
    suite tests/browser/run.sh window
}
# 64-bit ARM, as in hosts of GB200: its compilers fuse multiplications and additions unless they are told not to.
step_aarch64() {
  native/install_packages.sh g++-aarch64-linux-gnu qemu-user && build aarch64 evenkeel_golden &&
    suite qemu-aarch64 -L /usr/aarch64-linux-gnu build/aarch64/evenkeel_golden || return
  if aarch64-linux-gnu-objdump -d build/aarch64/core/libevenkeel_core.a | grep -E '\sf(n?m(add|sub)|ml[as])\s'; then
    echo "ERROR: the core for aarch64 has fused multiply-adds"
    return 1
  fi
}
step_device_text() { build everything evenkeel_cuda && cuda/check_device_text.sh; }
# The back end for devices: built if nvcc is installed, run if there is a device. (The native step skips its tests
# by name.) With cuda in EVENKEEL_REQUIRE_BACKENDS a device is required.
step_cuda() {
  local required=0 words
  [[ ",${EVENKEEL_REQUIRE_BACKENDS:-}," != *,cuda,* ]] || required=1
  if ! command -v nvcc >/dev/null; then
    echo "NOT BUILT: the CUDA back end needs nvcc on the PATH"
    return $required
  fi
  build everything evenkeel evenkeel_cuda_bench || return
  words=$(build/native/evenkeel strategies | tr -s '\n ' ' ' | sed -n 's/.* cuda: \(.*\) emulated4: .*/\1/p')
  if [[ $words == *CUDA:* ]]; then
    echo "NOT RUN: the CUDA back end is built; $words"
    return $required
  fi
  build everything evenkeel_tests &&
    EVENKEEL_REQUIRE_BACKENDS=cuda suite build/native/evenkeel_tests "--gtest_filter=*/cuda:Backends.*"
}
step_fuzz() {
  local fuzzer corpus fuzzers=(loads_npy loads_json loads_csv loads_object loads_safetensors compressed placement synth link balance)
  build everything evenkeel_test_support && build asan "${fuzzers[@]/#/fuzz_}" || return
  for fuzzer in "${fuzzers[@]}"; do
    corpus=build/corpus/$fuzzer
    mkdir -p "$corpus"
    # The first folder receives new inputs; the seeds are only read.
    build/asan/fuzz_$fuzzer -max_total_time="${EVENKEEL_FUZZ_SECONDS:-5}" -print_final_stats=1 \
      -artifact_prefix=build/corpus/ "$corpus" "tests/corpus/${fuzzer#loads_}" || return
  done
  awk '/stat::number_of_executed_units/ {n += $2} END {print "fuzzed " n " inputs of 9 readers and the balancing core"}' build/logs/fuzz.log
}

# Steps in one line need the same builds, so they run one after another. The longest lines come first.
all=(
  "format"
  "native page web window cuda"
  "asan fuzz"
  "tsan"
  "gcc_native"
  "clang"
  "clang_native"
  "gcc_O0"
  "clang_O0"
  "aarch64"
  "device_text"
)
if [ $# -gt 0 ]; then
  for name in "$@"; do
    declare -F "step_$name" >/dev/null || { echo "no step $name; there are ${all[*]}" >&2; exit 2; }
  done
  all=("$*")
fi
packages
mkdir -p build/logs
rm -f build/logs/*.count build/logs/*.configured # each preset is configured once in a run

# Two lines run at a time, because most suites use one core. Ctrl-C ends both.
line() { for name in $1; do step "$name"; done; }
trap 'trap - INT TERM; kill 0; exit 130' INT TERM
for steps in "${all[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  line "$steps" &
done
wait

passed=0 failed=0 skipped=0 processor=0 broken=()
for name in ${all[*]}; do
  read -r p f s b _ c <"build/logs/$name.count" || b=1 f=1 p=0 s=0 c=0
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) processor=$((processor + c))
  [ "$b" -eq 0 ] || broken+=("$name")
done
[ ${#broken[@]} -eq 0 ] || echo "failed: ${broken[*]}"
echo "$SECONDS s, $processor s of processor time"
echo "$passed passed, $failed failed, $skipped skipped"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
