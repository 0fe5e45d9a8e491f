#!/usr/bin/env bash
# Measures everything that native/RESULTS.md reports and prints it as Markdown. Needs an idle machine, the
# native build with its tests (tests/run.sh native) and 5 GB of disk space for a trace.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset native >/dev/null
cmake --build --preset native >/dev/null
bin=build/native
trace=$(mktemp -d)
trap 'rm -rf "$trace"' EXIT

block() { (printf '\n```\n$ %s\n' "$*"; "$@" 2>&1; printf '```\n') | sed "s#$trace/##"; }

echo "## $(date -u +%Y-%m-%d), commit $(git describe --always --dirty)"
echo
echo "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores;" \
  "$(. /etc/os-release && echo "$PRETTY_NAME"); $(c++ --version | head -n 1); -O3, no -march."
block $bin/evenkeel_speed
for threads in 1 2; do block $bin/evenkeel bench --strategy deepseek --rows 23200 --threads $threads; done
block $bin/evenkeel bench --standard

ties() { # a case in which loads tie everywhere
  $bin/evenkeel_case ties:layers=58,experts=256,slots=288,gpus=32,nodes=1,groups=1,seed=1 |
    $bin/evenkeel compare - --gpus 32 --slots 288
}
block ties

few() { # EXPERTS: few experts of equal load on many GPUs, where every choice of a GPU is a tie
  $bin/evenkeel_case equal:layers=4,experts=$1,slots=4096,gpus=1024,nodes=1,groups=1,seed=149 |
    $bin/evenkeel compare - --gpus 1024 --slots 4096 --strategies deepseek,k2,div --threads 1
}
block few 16
block few 2

# The gain of strategies: the table of each trace without its legend, then the same placements one window
# later.
echo
echo "### Strategies"
compare() { # the table without its legend
  block $bin/evenkeel compare "$@" |
    awk '/^strategy/ {table = 1} table && /^$/ {skip = 1} /^```/ {skip = 0} !skip'
}
recorded=${EVENKEEL_DATA:-../shared}/traces/gptoss20b_b64_steps.npy
if [ -f "$recorded" ]; then
  compare "$recorded" --gpus 8 --slots 40
  block native/next_window.sh "$recorded" 3442 --gpus 8 --slots 40 -- --gpus 8
fi
for preset in $($bin/evenkeel synth | sed -n 's/^\([a-z0-9.-]*\): .*/\1/p'); do
  compare "synth:$preset"
done
block native/next_window.sh synth:deepseek-v3-drift,steps=3000 3000 \
  --gpus 32 --slots 288 --nodes 4 --groups 8 -- --gpus 32 --nodes 4 --groups 8

# What copies apart cost.
loads=${EVENKEEL_DATA:-../shared}/loads
if [ -d "$loads" ]; then
  compare "$loads/W58x256.npy" --gpus 32 --slots 288 --strategies deepseek,ref --apart --threads 1
  compare "$loads/W58x256.npy" --gpus 64 --slots 320 --strategies deepseek,ref --apart --threads 1
  compare "$loads/W94x128.npy" --gpus 32 --slots 160 --strategies deepseek,ref --apart --threads 1
fi

# A trace of 4.3 GB: 289,262 steps of 58 layers x 256 experts, one random byte each.
header="{'descr': '|u1', 'fortran_order': False, 'shape': (289262, 58, 256), }"
printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header" >"$trace/big.npy"
head -c $((289262 * 58 * 256)) /dev/urandom >>"$trace/big.npy"
cat "$trace/big.npy" >/dev/null
block $bin/evenkeel bench --trace "$trace/big.npy" --window 1000 --strategy deepseek --gpus 32 --slots 288
block $bin/evenkeel bench --trace "$trace/big.npy" --window 289262 --strategy deepseek --gpus 32 --slots 288
