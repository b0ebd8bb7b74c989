# SPDX-License-Identifier: Apache-2.0
# What the scripts of this directory share: each runs the test suite of another project twice, direct and through
# Sluice, and tells what differs. Sourced; the script defines run_suite HOST PORT, which prints "pass NAME", "fail NAME"
# or "skip NAME" for every test, and calls compare.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../bin/lib/servers.sh"
SUITES=$SLUICE_CACHE/suites
mkdir -p "$SUITES"

direct='' through='' account=app password=app
suite_usage() {
    cat <<EOF
usage: $0 --direct HOST:PORT --sluice HOST:PORT [--user NAME] [--password WORD]

Runs the suite at the source itself and through Sluice before it. The account (app, app) needs all rights, since the
suites make schemas and accounts of their own: use servers that hold nothing else. Servers and Sluice can be had by
bin/quickstart, which prints their addresses and stays up. Ends with 0 if both ways had the same outcome.
EOF
}

suite_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) suite_usage; exit 0 ;;
            --direct) direct=${2:-}; shift 2 ;;
            --sluice) through=${2:-}; shift 2 ;;
            --user) account=${2:-}; shift 2 ;;
            --password) password=${2:-}; shift 2 ;;
            *) say "unknown option $1"; suite_usage >&2; exit 2 ;;
        esac
    done
    [ -n "$direct" ] && [ -n "$through" ] || { suite_usage >&2; exit 2; }
}

# compare NAME: runs both ways, one after the other, and prints counts and differences.
compare() {
    local name=$1 way address code=0
    for way in direct through; do
        address=${!way}
        run_suite "${address%:*}" "${address##*:}" | sort -u >"$SUITES/$name.$way" || true
        printf '%-8s %4d passed %4d failed %4d skipped\n' "$way" "$(grep -c '^pass' "$SUITES/$name.$way")" \
            "$(grep -c '^fail' "$SUITES/$name.$way")" "$(grep -c '^skip' "$SUITES/$name.$way")"
    done
    [ -s "$SUITES/$name.direct" ] || { say "$name: no test ran; see the words above"; exit 1; }
    diff <(cat "$SUITES/$name.direct") <(cat "$SUITES/$name.through") >"$SUITES/$name.diff" || code=1
    if [ $code = 0 ]; then
        echo "no difference"
    else
        echo "differences (< direct, > through Sluice):"
        grep '^[<>]' "$SUITES/$name.diff"
    fi
    exit $code
}

# sql STATEMENTS: at the source, by the suite's account.
sql() {
    mariadb --no-defaults -h "${direct%:*}" -P "${direct##*:}" -u "$account" --password="$password" -e "$1"
}
