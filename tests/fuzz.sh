#!/usr/bin/env bash
# Fuzzing guided by coverage, on the pinned stable toolchain: libFuzzer, and LLVM's own counters.
#
#   ./tests/fuzz.sh [SECONDS] [TARGET...]    each target for 60 seconds, or for SECONDS
#
# Prints a table in Markdown; ends with 1, and the input, where a target panics, takes too long or
# too much memory. ASSAY_FUZZ_JOBS says how many targets run at a time (default: one a processor).
# What is found is kept in target/fuzz/corpus from run to run; the seeds are made anew.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$PWD
seconds=60
if [[ "${1:-}" =~ ^[1-9][0-9]*$ ]]; then
    seconds=$1
    shift
fi
jobs=${ASSAY_FUZZ_JOBS:-$(nproc)}
work=$root/target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')

command -v c++ >/dev/null || (apt-get update && apt-get install -y g++) >&2 || exit 2

# By naming the target, so that build scripts and macros are built without these flags. Not --locked: fuzz/ has a
# lock of its own, which a dependency that the workspace gains is missing from.
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
RUSTFLAGS=$flags cargo build --quiet --release --manifest-path fuzz/Cargo.toml \
    --target "$host" --target-dir "$work" >&2 || exit 2
fuzzer=$work/$host/release/assay-fuzz

rm -rf "$work/seeds"
ASSAY_FUZZ_SEEDS=$work/seeds "$fuzzer" >"$work/targets" 2>"$work/seeds.log" || { cat "$work/seeds.log" >&2; exit 2; }
[ -s "$work/targets" ] || { echo "no targets" >&2; exit 2; }
chosen=("$@")
[ ${#chosen[@]} -gt 0 ] || mapfile -t chosen < <(cut -d' ' -f1 "$work/targets")
for target in "${chosen[@]}"; do
    grep -q "^$target " "$work/targets" || { echo "no target $target" >&2; exit 2; }
done

one() { # target, seconds: libFuzzer's own words go to log/TARGET
    local longest left found status=0 begun=$SECONDS
    longest=$(sed -n "s/^$1 //p" "$work/targets")
    mkdir -p "$work/corpus/$1" "$work/findings/$1" "$work/log"
    rm -f "$work/findings/$1"/* "$work/log/$1"
    while left=$(($2 - SECONDS + begun)) && [ $left -gt 0 ]; do
        # Five seconds for 64 KiB is what nothing linear needs.
        ASSAY_FUZZ_TARGET=$1 "$fuzzer" "$work/corpus/$1" "$work/seeds/$1" \
            -max_total_time="$left" -max_len="$longest" -timeout=5 -report_slow_units=2 \
            -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 \
            -artifact_prefix="$work/findings/$1/" >>"$work/log/$1" 2>&1
        status=$?
        # The clock is the one on the wall, and stops for nobody: a machine that was asleep is no finding.
        for found in "$work/findings/$1"/{slow-unit,timeout}-*; do
            if [ -f "$found" ] && is_fast "$1" "$found"; then
                rm "$found"
                [ "$status" -eq "$timed_out" ] && status=$again
            fi
        done
        [ "$status" -eq "$again" ] || break
    done
    [ "$status" -eq "$again" ] && status=0
    echo "$status" >"$work/log/$1.status"
}

is_fast() { # target, input: does it take less than a second by itself?
    local took
    took=$(ASSAY_FUZZ_TARGET=$1 timeout 20 "$fuzzer" "$2" 2>&1 | sed -nE 's/^Executed .* in ([0-9]+) ms$/\1/p')
    [ -n "$took" ] && [ "$took" -lt 1000 ]
}

timed_out=70 # libFuzzer's exit code
again=-1
export timed_out again
export -f is_fast
export -f one
export work fuzzer
printf '%s\n' "${chosen[@]}" | xargs -P "$jobs" -I{} bash -c 'one {} '"$seconds"

executions() { # of all runs in a log
    sed -n 's/^stat::number_of_executed_units: *//p' "$1" | awk '{ sum += $1 } END { print sum + 0 }'
}

failed=0
printf '| target | seconds | executions | a second | edges | corpus | result |\n|---|---|---|---|---|---|---|\n'
for target in "${chosen[@]}"; do
    log=$work/log/$target
    status=$(cat "$log.status")
    executed=$(executions "$log")
    counters=$(sed -nE 's/^INFO: Loaded [0-9]+ modules? +\(([0-9]+) inline 8-bit counters\).*/\1/p' "$log" | tail -1)
    edges=$(sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | tail -1)
    first=$(sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | head -1)
    corpus=$(find "$work/corpus/$target" -type f | wc -l)
    slow=$(find "$work/findings/$target" -name 'slow-unit-*' | wc -l)
    result=ok
    if [ "${counters:-0}" -lt 10000 ] || [ "${edges:-0}" -lt 10 ]; then
        result="NOT INSTRUMENTED: ${counters:-no} counters, ${edges:-no} edges"
    elif [ "$status" -ne 0 ]; then
        result="FOUND: $(sed -nE 's/^(SUMMARY|==[0-9]+== *ERROR): //p' "$log" | head -1)"
    elif [ "$slow" -gt 0 ]; then
        result="SLOW: $slow inputs"
    fi
    [ "$result" = ok ] || failed=1
    printf '| %s | %s | %s | %s | %s, %s at first | %s | %s |\n' "$target" "$seconds" \
        "$executed" "$((executed / seconds))" \
        "${edges:-0}" "${first:-0}" "$corpus" "$result"
done

for target in "${chosen[@]}"; do
    for found in "$work/findings/$target"/*; do
        [ -f "$found" ] || continue
        printf '\n%s: %s\n' "$target" "$found"
        grep -m 3 -A 2 "panicked at" "$work/log/$target"
        base64 -w 0 "$found" | head -c 4000
        printf '\n'
    done
done
exit $failed
