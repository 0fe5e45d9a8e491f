#!/usr/bin/env bash
# Compiles the core for a device with clang, which needs no SDK and no device, and fails on any fused multiply-add.
# Checks the code of nvcc, too, if the preset `cuda` or `everything` has built the back end. Prints what was checked.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Every operation must specify its rounding: without .rn a later compiler may fuse multiplication and
# addition.
wrong='\b(fma|mad(\.[a-z]+)*)\.[a-z.]*f(32|64)\b|\b(add|sub|mul)(\.ftz)?\.f(32|64)\b|\.ftz\b|\b(div|sqrt|rcp)\.(approx|full)\b'
check() { # NAME PTX KERNELS
  local arithmetic kernels
  arithmetic=$(grep -cE '\b(add|sub|mul|div)\.rn\.f(32|64)\b' "$2" || true)
  kernels=$(grep -cE '^(\.visible |\.weak )*\.entry ' "$2" || true)
  if [ "$kernels" -ne "$3" ] || [ "$arithmetic" -eq 0 ]; then
    echo "device text, $1: expected $3 kernels with arithmetic, found $kernels with $arithmetic" >&2
    exit 1
  fi
  if grep -nE "$wrong" "$2" | head >&2 && grep -qE "$wrong" "$2"; then
    echo "device text, $1: the operations above are fused or could be; results would differ" >&2
    exit 1
  fi
  echo "device text, $1: $3 kernels, $arithmetic floating-point operations, none fused"
}

clang=${CLANG:-clang++}
"$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 \
  -Xclang -target-feature -Xclang +ptx70 -std=c++20 -O2 \
  -ffp-contract=off -Wall -Wextra -Wno-unknown-cuda-version -I. -S -o "$out/clang.ptx" \
  cuda/device_text.cu
check "clang ($("$clang" --version | head -n 1 | sed 's/.*version //'), sm_80)" "$out/clang.ptx" 2

# The real kernels, as the build of the CUDA back end has compiled them.
shopt -s nullglob
kept=(build/native/cuda/kept/kernel*.ptx)
if [ ${#kept[@]} -eq 0 ]; then
  echo "device text, nvcc: the CUDA back end is not built, not checked"
fi
for ptx in "${kept[@]}"; do
  check "nvcc ($(sed -n 's/^\/\/ Cuda compilation tools, release \([0-9.]*\).*/\1/p' "$ptx"), $(sed -n 's/^\.target //p' "$ptx"), kernel.cu)" "$ptx" 4
done
