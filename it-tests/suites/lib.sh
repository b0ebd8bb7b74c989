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

# compare NAME: runs both ways, one after the other, and prints counts and differences. What the suite itself says goes
# to $log, if run_suite sends it there.
compare() {
    local name=$1 way address log code=0
    for way in direct through; do
        address=${!way}
        log=$SUITES/$name.$way.log
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

# sql STATEMENTS [OPTION...]: at the source, by the suite's account.
sql() {
    mariadb --no-defaults -h "${direct%:*}" -P "${direct##*:}" -u "$account" --password="$password" "${@:2}" -e "$1"
}

# debian_source PACKAGE [RELEASE]: the original source of a package of Debian, with its tests, into $SUITES/PACKAGE.
# apt verifies it, and gets lists of its own here, since few machines have sources listed.
debian_source() {
    local package=$1 release=${2:-bookworm} apt=$SUITES/apt-${2:-bookworm} new
    [ ! -d "$SUITES/$package" ] || return 0
    packages xz-utils
    say "fetching the source of $package"
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian $release main" >"$apt/sources.list"
    local options=(-q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User="$(id -un)")
    new=$(mktemp -d "$SUITES/new.XXXXXX")
    (
        cd "$new"
        apt-get "${options[@]}" update >log 2>&1 || true
        # A package may have further tarballs, which are not needed, and an older mirror may lack.
        apt-get "${options[@]}" --only-source --tar-only source "$package" >>log 2>&1 || true
        mkdir source
        tar xf "${package}"_*.orig.tar.?z -C source --strip-components=1 2>>log || { tail -3 log >&2; exit 1; }
        mv source "$SUITES/$package"
    ) || { rm -rf "$new"; fail "cannot fetch the source of $package from deb.debian.org; is there a network?"; }
    rm -rf "$new"
}

# pytest_outcomes PROGRAM...: runs it, tells what each test came to, and keeps what it printed in $log.
pytest_outcomes() {
    timeout 600 "$@" -p no:cacheprovider -v -rs >"$log" 2>&1 || true
    sed -nE 's/^([^ ]+::.+) (PASSED|XFAIL)( .*)?$/pass \1/p; s/^([^ ]+::.+) (FAILED|ERROR|XPASS)( .*)?$/fail \1/p
        s/^([^ ]+::.+) SKIPPED( .*)?$/skip \1/p' "$log"
}
