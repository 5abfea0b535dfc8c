#!/usr/bin/env bash
# The suite again and again, with its eight workers. Ends with how many runs failed; what failed is in artifacts/sso-loop.
# Usage: loop.sh [TIMES]   (20)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly times="${1:-20}"
readonly results="$PWD/../../artifacts/sso-loop"
readonly suite=bin/Release/net10.0/SsoService.Tests.dll
failed=0

rm -rf "$results"
mkdir -p "$results"
dotnet build -c Release --nologo -v quiet

for ((i = 1; i <= times; i++)); do
    if timeout --kill-after=10 300 dotnet "$suite" >"$results/$i.log" 2>&1; then
        printf '%3d  %s\n' "$i" "$(grep 'Total:' "$results/$i.log" | tail -1)"
        rm "$results/$i.log"
    else
        failed=$((failed + 1))
        printf '%3d  FAILED: %s\n' "$i" "$results/$i.log"
    fi
done

printf '%d of %d runs failed\n' "$failed" "$times"
((failed == 0))
