#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A command-line client (given as the arguments) that compresses: what mysql_client.sh does, and a value of 20 MB in and
# out. Environment: SLUICE_PORT and SLUICE_TLS_OPTIONS, which ask for compression, too.
set -euo pipefail
client() {
    MYSQL_PWD=app "${command[@]}" --no-defaults -h127.0.0.1 -P"$SLUICE_PORT" -uapp ${SLUICE_TLS_OPTIONS:-} \
        --max-allowed-packet=64M -N -B --raw "$@"
}
command=("$@")
[ "$("$(dirname "$0")/mysql_client.sh" "$@")" = ok ]
status=$(client app -e status 2> /dev/null || client app --commands -e status) # MySQL's own since 9 wants to be asked twice
[[ $status == *"Compressed"* ]] || { echo "$status"; exit 1; }
table=compressing_$$
client app -e "CREATE TABLE $table (id INT PRIMARY KEY, v LONGTEXT)"
trap 'client app -e "DROP TABLE $table"; rm -f "$value"' EXIT
value=$(mktemp)
{ head -c 7500000 /dev/urandom | base64 -w0; head -c 10000000 /dev/zero | tr '\0' a; } > "$value"
{ printf "INSERT INTO $table VALUES (1, '"; cat "$value"; printf "');\nSELECT LENGTH(v) FROM $table;\n"; } | client app > /dev/null
client app -e "BEGIN; SELECT v FROM $table" | tr -d '\n' | cmp - "$value"
echo ok
