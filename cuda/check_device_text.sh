#!/usr/bin/env bash
# Compiles the core for a device, which need not exist, and fails on any fused multiply-add. clang (without an
# SDK) is required; nvcc is also used if installed. Prints the compilers that ran.
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

nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)
if [ -z "$nvcc" ]; then
  echo "device text, nvcc: not found, not compiled"
  exit 0
fi
version=$("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')
read -ra flags <cuda/nvcc_flags.txt
"$nvcc" -ptx -arch=sm_80 "${flags[@]}" -I. -o "$out/text.ptx" cuda/device_text.cu
check "nvcc ($version, sm_80)" "$out/text.ptx" 2
# The real kernels.
"$nvcc" -ptx -arch=sm_90 "${flags[@]}" -I. -o "$out/kernel.ptx" cuda/kernel.cu
check "nvcc ($version, sm_90, kernel.cu)" "$out/kernel.ptx" 4
