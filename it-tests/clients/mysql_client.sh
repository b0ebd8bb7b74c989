#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A command-line client (given as the arguments): reads, writes, transactions. Environment: SLUICE_PORT and SLUICE_TLS_OPTIONS.
set -euo pipefail
client() { MYSQL_PWD=${password:-app} "${command[@]}" --no-defaults -h127.0.0.1 -P"$SLUICE_PORT" -uapp ${SLUICE_TLS_OPTIONS:-} -N -B "$@"; }
command=("$@")
table=client_$$
client app -e "CREATE TABLE $table (id INT PRIMARY KEY, v TEXT CHARACTER SET utf8mb4)"
trap 'client app -e "DROP TABLE $table"' EXIT
client --default-character-set=utf8mb4 app <<SQL
INSERT INTO $table VALUES (1, 'Grüße'), (2, 'zwei');
BEGIN;
DELETE FROM $table;
ROLLBACK;
START TRANSACTION;
UPDATE $table SET v = 'drei' WHERE id = 2;
COMMIT;
PREPARE s FROM 'SELECT v FROM $table WHERE id = ?';
SET @id = 2;
SQL
# These are other sessions, which may read a little behind.
soon() { for _ in {1..50}; do [ "$("${@:2}" 2>&1)" != "$1" ] || return 0; sleep 0.1; done; "${@:2}"; return 1; }
soon $'Grüße\ndrei' client --default-character-set=utf8mb4 app -e "SET @x = 1; SELECT v FROM $table WHERE id = @x; SELECT v FROM $table WHERE id = 2"
soon 2 client app -e "SELECT COUNT(*) FROM $table"
[ "$(client app -e "USE app; SELECT DATABASE()")" = app ]
out=$(client app -e "SELECT * FROM no_such_table" 2>&1) && exit 1
[[ $out == *"ERROR 1146 (42S02)"* ]] || { echo "$out"; exit 1; }
out=$(password=wrong client app -e "SELECT 1" 2>&1) && exit 1
[[ $out == *"1045"* ]] || { echo "$out"; exit 1; }
[ "$(client app -e "SELECT CONNECTION_ID() > 0")" = 1 ]
# Ctrl-C: the client sends KILL QUERY over a second connection and then shows the error of the first. One that is
# interrupted before it has sent its statement says nothing, and is given more time.
for seconds in 1 4 12; do
    out=$(MYSQL_PWD=app timeout -k 20 -s INT "$seconds" "${command[@]}" --no-defaults -h127.0.0.1 -P"$SLUICE_PORT" -uapp \
        ${SLUICE_TLS_OPTIONS:-} app -e "SELECT v FROM $table WHERE SLEEP(15) = 0" 2>&1) && exit 1
    [ -z "$out" ] || break
done
[[ $out == *"ERROR 1317"* ]] || { echo "after Ctrl-C: $out"; exit 1; }
echo ok
