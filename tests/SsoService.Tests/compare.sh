#!/usr/bin/env bash
# The suite on three databases, one after the other, and the picture of it: docs/sso-suite.svg. The last may take a quarter of an hour.
# Usage: compare.sh [SECONDS]   how long a command waits for a lock, the same for all three (5; the providers' default is 30)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly timeout_seconds="${1:-5}"
readonly results="$PWD/../../artifacts/sso-suite"
readonly suite=bin/Release/net10.0/SsoService.Tests.dll

rm -rf "$results"
mkdir -p "$results"
dotnet build -c Release --nologo -v quiet

# run NAME PROVIDER HABITS: the tests of the plain providers may fail; that is what is counted.
run() {
    printf '%s\n' "$1"
    SSO_PROVIDER="$2" SSO_HABITS="$3" SSO_TIMEOUT="$timeout_seconds" SSO_RESULTS="$results/$1.json" \
        timeout --kill-after=10 1800 dotnet "$suite" -ctrf "$results/$1.ctrf.json" >"$results/$1.log" 2>&1 || true
    grep 'Total:' "$results/$1.log" | tail -1
}

run splitsqlite SplitSqlite ""
run sqlite Sqlite ""
run sqlite-server-habits Sqlite server

dotnet run --file Picture/picture.cs -- "$results" ../../docs/sso-suite.svg
