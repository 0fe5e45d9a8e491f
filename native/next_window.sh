#!/usr/bin/env bash
# Measures how good a placement is when it is in use. For each strategy: balancedness of a placement on the
# window of 300 steps from which it was computed, and on the next window; means over all pairs of neighbouring
# windows.
#
#   native/next_window.sh LOADS STEPS BALANCE_OPTIONS -- SCORE_OPTIONS
set -euo pipefail
loads=$1 steps=$2 window=300
shift 2
balance=()
while [ "$1" != -- ]; do balance+=("$1") && shift; done
shift
evenkeel=${EVENKEEL:-build/native/evenkeel}
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT

# The first "balancedness" in the output is that over all layers.
balancedness() { awk -F '[:,]' '/"balancedness"/ && !seen++ {print $2 + 0}' OFMT=%.9g; }

printf '%-10s  %-12s  %s\n' strategy "same window" "next window"
for strategy in deepseek k2 tie div ref ada contiguous; do
  for ((begin = 0; begin + 2 * window <= steps; begin += window)); do
    next=$((begin + window))
    "$evenkeel" balance "$loads" "${balance[@]}" --steps $begin:$next --strategy $strategy \
      --out "$plan" --force --json | balancedness
    "$evenkeel" score "$loads" "$plan" "$@" --steps $next:$((next + window)) --json | balancedness
  done | paste - - | awk -v name=$strategy '{a += $1; b += $2} END {printf "%-10s  %-12.4f  %.4f\n", name, a / NR, b / NR}'
done
