#!/usr/bin/env bash
# Inputs made up by libFuzzer for what reads texts from outside: documents, requests, cursors, ids, product files. Each target
# runs for SECONDS_EACH, from inputs of ours and from what it found before. With stable Rust and without a sanitizer:
# there is no unsafe code of ours to watch. `cargo +nightly fuzz run <target>` goes on for longer.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${SECONDS_EACH:-60}
# What cargo-fuzz sets: it tells libFuzzer which ways through the code an input took.
flags=(
    --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Ccodegen-units=16
)
target=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS=${flags[*]} CARGO_PROFILE_DEV_DEBUG=0 \
    cargo build --locked --package cartograph-fuzz --target "$target" --target-dir target/fuzz

for source in fuzz/fuzz_targets/*.rs; do
    name=$(basename "$source" .rs)
    case $name in
        document) seeds=(tests/hostile benches/load) ;;
        *) seeds=("fuzz/corpus/$name") ;;
    esac
    mkdir -p "target/fuzz/corpus/$name" "target/fuzz/artifacts/$name"
    log=target/fuzz/$name.log
    if ! "target/fuzz/$target/debug/$name" -max_total_time="$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="target/fuzz/artifacts/$name/" \
        "target/fuzz/corpus/$name" "${seeds[@]}" >"$log" 2>&1; then
        tail -n 60 "$log"
        echo "$name: an input breaks it" >&2
        exit 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, none breaks it"
done
