#!/usr/bin/env bash
# Compiles the core's text for a device that need not be there, and fails on any fused multiply-add.
# clang needs no SDK and must be there; nvcc is used too where it is. Prints which ran.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

check() { # NAME PTX
  local arithmetic fused
  arithmetic=$(grep -cE '\b(add|sub|mul|div)(\.rn)?\.f(32|64)\b' "$2" || true)
  fused=$(grep -cE '\bfma\b|\bmad(\.[a-z]+)*\.f(32|64)\b' "$2" || true)
  local kernels
  kernels=$(grep -cE '\.entry evenkeel_row' "$2" || true)
  if [ "$kernels" -ne 2 ] || [ "$arithmetic" -eq 0 ]; then
    echo "device text, $1: expected 2 kernels with arithmetic, found $kernels" >&2
    exit 1
  fi
  if [ "$fused" -ne 0 ]; then
    echo "device text, $1: $fused fused multiply-add instructions; results would differ" >&2
    grep -nE '\bfma\b|\bmad(\.[a-z]+)*\.f(32|64)\b' "$2" | head >&2
    exit 1
  fi
  echo "device text, $1: 2 kernels, $arithmetic floating-point operations, none fused"
}

clang=${CLANG:-clang++}
"$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 \
  -Xclang -target-feature -Xclang +ptx70 -std=c++20 -O2 \
  -ffp-contract=off -Wall -Wextra -Wno-unknown-cuda-version -I. -S -o "$out/clang.ptx" \
  cuda/device_text.cu
check "clang ($("$clang" --version | head -n 1 | sed 's/.*version //'), sm_80)" "$out/clang.ptx"

nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)
if [ -z "$nvcc" ]; then
  echo "device text, nvcc: not found, not compiled"
  exit 0
fi
for arch in sm_80 sm_90; do
  "$nvcc" -ptx -arch=$arch -std=c++20 --expt-relaxed-constexpr -fmad=false -ftz=false \
    -prec-div=true -prec-sqrt=true -Xcompiler=-ffp-contract=off -I. -o "$out/nvcc.ptx" \
    cuda/device_text.cu
  check "nvcc ($("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p'), $arch)" "$out/nvcc.ptx"
done
