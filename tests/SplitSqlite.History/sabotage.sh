#!/usr/bin/env bash
# Does the history checker find bugs? Builds the provider broken on purpose, in five ways, and runs the checker until its judge has found an anomaly
# of the history; errors and lost permits alone don't count. Each must be found within a minute, from several seeds; the sound build must pass the same time.
# Usage: sabotage.sh [SEEDS, default 3]. What it builds stays under artifacts/sabotage, apart from other builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly seeds="${1:-3}"
readonly output="$PWD/artifacts/sabotage"
export DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
failed=0
longest=1

build() {
    dotnet build tests/SplitSqlite.History -c Release -v q --nologo --artifacts-path "$output/$1" "-p:Sabotage=${2:-}" >"$output/$1.log" || {
        cat "$output/$1.log"
        exit 1
    }
}

check() {
    dotnet "$output/$1/bin/SplitSqlite.History/release/SplitSqlite.History.dll" "${@:2}"
}

mkdir -p "$output"
for sabotage in NoGate StaleReader DoubleReturn GroupTellsEarly GroupForgets; do
    build "$sabotage" "$sabotage"
    for ((seed = 1; seed <= seeds; seed++)); do
        started=$SECONDS
        code=0
        check "$sabotage" --find --seconds 60 --seed "$((seed * 1000))" >"$output/$sabotage.$seed.txt" 2>&1 || code=$?
        took=$((SECONDS - started))
        ((took > longest)) && longest=$took
        found=$(sed -n 's/^ANOMALY \(.*\) (history), \([0-9]*\) times.*/\1 (\2)/p' "$output/$sabotage.$seed.txt" | paste -sd, | sed 's/,/, /g')
        if [[ $code == 1 && -n $found ]]; then
            printf '%-14s seed %d: found after %d s: %s\n' "$sabotage" "$((seed * 1000))" "$took" "$found"
        else
            printf '%-14s seed %d: NOT FOUND by the judge in %d s, exit code %d, see %s\n' "$sabotage" "$((seed * 1000))" "$took" "$code" "$output/$sabotage.$seed.txt"
            failed=1
        fi
    done
done

build sound
for ((seed = 1; seed <= seeds; seed++)); do
    code=0
    check sound --seconds "$((longest + 5))" --seed "$((seed * 1000))" >"$output/sound.$seed.txt" 2>&1 || code=$?
    printf '%-14s seed %d: %s (%d s)\n' "sound build" "$((seed * 1000))" "$(tail -1 "$output/sound.$seed.txt")" "$((longest + 5))"
    ((code == 0)) || failed=1
done

exit "$failed"
