#!/usr/bin/env bash
# Whole-program figures: forkpoint and its peers on the same pair of logs, side by side.
#
#   benches/compare.sh [MEGABYTES=100] [RUNS=5]
#
# Prints the median of RUNS for each and the ratios. A peer that is not there is left out: the
# reference is looked for at $FORKPOINT_REFERENCE or ../shared/reference.
set -euo pipefail
cd "$(dirname "$0")/.."
megabytes=${1:-100}
runs=${2:-5}
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

cargo build --release --quiet --bin forkpoint --example make_logs
tool=target/release/forkpoint
target/release/examples/make_logs "$logs" "$megabytes" > /dev/null
reference=${FORKPOINT_REFERENCE:-../shared/reference/diff_events_floating.py}
cp "$logs/reference.jsonl" "$logs/copy.jsonl"
a=$logs/reference.jsonl b=$logs/candidate.jsonl
bytes=$(($(stat -c %s "$a") + $(stat -c %s "$b")))

# measure NAME COMMAND…: sets seconds_NAME (median) and memory_NAME (largest, in KiB).
measure() {
    local name=$1 times=() memory=0
    shift
    "$@" > /dev/null 2>&1 || true # once, to warm the page cache
    for _ in $(seq "$runs"); do
        local out
        out=$(python3 - "$@" <<'PY'
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, _, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss)
PY
)
        times+=("${out% *}")
        memory=$((${out#* } > memory ? ${out#* } : memory))
    done
    local median
    median=$(printf '%s\n' "${times[@]}" | sort -g | sed -n "$(((runs + 1) / 2))p")
    printf -v "seconds_$name" '%s' "$median"
    printf -v "memory_$name" '%s' "$memory"
}

row() { # NAME SECONDS KIB
    awk -v n="$1" -v s="$2" -v k="$3" -v b="$bytes" -v t="$seconds_forkpoint" \
        'BEGIN { printf "%-34s %9.3f s %9.1f MB/s %9.1f MiB %8.2f x\n", n, s, b / s / 1e6, k / 1024, s / t }'
}

measure forkpoint "$tool" diff "$a" "$b" --profile xenia
measure one_thread "$tool" diff "$a" "$b" --profile xenia --threads 1
printf 'two logs of %s MB in all, medians of %s runs; the last column is time against forkpoint\n' $((bytes / 1000000)) "$runs"
row "forkpoint diff" "$seconds_forkpoint" "$memory_forkpoint"
row "forkpoint diff --threads 1" "$seconds_one_thread" "$memory_one_thread"
measure cmp cmp "$a" "$logs/copy.jsonl"
row "cmp of two equal files" "$seconds_cmp" "$memory_cmp"
if [ "$megabytes" -le 200 ]; then
    measure diff diff "$a" "$b"
    row "GNU diff" "$seconds_diff" "$memory_diff"
fi
if [ -f "$reference" ] && [ "$megabytes" -le 200 ]; then
    measure floating python3 "$reference" --canary "$a" --ours "$b"
    row "floating reference" "$seconds_floating" "$memory_floating"
    awk -v t="$seconds_forkpoint" -v f="$seconds_floating" -v m="$memory_forkpoint" -v g="$memory_floating" \
        'BEGIN { printf "forkpoint is %.0f times as fast as the floating reference, in 1/%.0f of its memory\n", f / t, g / m }'
fi
