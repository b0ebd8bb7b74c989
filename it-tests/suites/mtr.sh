# SPDX-License-Identifier: Apache-2.0
# For servers' own regression suites: the directory "main", run by their own runner in --extern mode. Sourced after
# lib.sh. The script sets mtr_home, the runner's directory; client and tester, programs; variables, the schema of the
# table global_variables; globals, statements that make the server what the suite expects; and where all of these are
# in a system of their own, mtr_root, its directory.
#
# The suite logs in as root without a password and expects a server fresh from its installation: what is in the way,
# prepare takes away. Which tests run at all is learnt direct: through Sluice go those that passed. After each test that
# fails, the schemas, accounts and global variables are put back, so that one failure does not make others.

account=root password='' mtr_root=''

# Tests that touch what belongs to whoever set up replication, that stop servers, or that need options of a server.
not_ours='\bread_only\b|super_read_only|gtid_|^ *(install|uninstall) +(plugin|soname|component)|change +(master|replication)'
not_ours+='|(start|stop|reset) +(all +)?(slave|replica)|reset +(master|binary)|purge +(binary|master)|sql_log_bin'
not_ours+='|shutdown_server|shutdown;|restart_mysqld|start_mysqld|kill_mysqld|restart;|binlog_format|have_debug'
not_ours+='|mysql_install_db|mysql_upgrade|DATADIR|set_global_log|general_log_file|master-slave|innodb_fast_shutdown'
not_ours+='|(rename|drop|alter|repair) +table.* mysql[.]|(data|index) directory|secure_file_priv|\binto +outfile\b|load +data +infile'

candidates() {
    if [ -n "${TESTS:-}" ]; then echo "$TESTS"; return; fi
    (
        cd "$mtr_root$mtr_home/$1"
        grep -lEi -e "$not_ours" -- *.test | sed 's/\.test$//' >"$SUITES/left-out"
        ls -- *.opt *.cnf *.sh 2>/dev/null | sed -E 's/(-(master|slave|client))?\.(opt|cnf|sh)$//' >>"$SUITES/left-out"
        ls -- *.test | sed 's/\.test$//' | grep -vxFf "$SUITES/left-out" | grep -vE "$2"
    )
}

# The tester, wrapped: bounded in time, and what a failure left behind is removed, at the source itself.
wrap_tester() {
    local at="--no-defaults --protocol=tcp -h${direct%:*} -P${direct##*:} -u$account"
    cat >"$mtr_root/tmp/mtr-tester" <<EOF
#!/bin/bash
timeout -k 5 \${TEST_SECONDS:-60} $tester "\$@"
code=\$?
if [ \$code != 0 ] && [ \$code != 62 ]; then
    $client $at -N -B -r -e "
        SELECT CONCAT('DROP DATABASE \\\`', schema_name, '\\\`;') FROM information_schema.schemata
            WHERE schema_name NOT IN (SELECT name FROM mtr.old_schemas);
        SELECT CONCAT('DROP USER ', QUOTE(user), '@', QUOTE(host), ';') FROM mysql.user
            WHERE CONCAT(user, '@', host) NOT IN (SELECT name FROM mtr.old_accounts);
        SELECT CONCAT('SET GLOBAL ', variable_name, ' = ', IF(old.value REGEXP '^-?[0-9]+[.]?[0-9]*$', old.value, QUOTE(old.value)), ';')
            FROM mtr.old_variables old JOIN $variables.global_variables ON variable_name = name
            WHERE variable_value <> value AND name NOT LIKE '%gtid%' AND name NOT LIKE 'timestamp';
        SELECT 'CREATE DATABASE test;'" | $client $at --force >/dev/null 2>&1
fi
exit \$code
EOF
    chmod 755 "$mtr_root/tmp/mtr-tester"
}

# prepare: the schemas and the procedure that tests expect, and the state to return to.
prepare() {
    sql "DROP DATABASE IF EXISTS app; DROP DATABASE IF EXISTS sbtest; DROP DATABASE IF EXISTS test; DROP DATABASE IF EXISTS mtr;
        CREATE DATABASE test; CREATE DATABASE mtr; USE mtr;
        CREATE PROCEDURE add_suppression(pattern TEXT) DO 1;
        $globals
        CREATE TABLE old_schemas CHARACTER SET utf8mb4 AS
            SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name <> 'test';
        CREATE TABLE old_accounts CHARACTER SET utf8mb4 AS SELECT CONCAT(user, '@', host) AS name FROM mysql.user;
        CREATE TABLE old_variables CHARACTER SET utf8mb4 AS
            SELECT variable_name AS name, variable_value AS value FROM $variables.global_variables"
}

# run_mtr HOST PORT TEST...: prints the runner's own lines.
run_mtr() {
    local host=$1 port=$2
    shift 2
    ${mtr_root:+chroot "$mtr_root"} \
        env MYSQL_TEST=/tmp/mtr-tester bash -c 'cd "$1" && shift && nice -n 5 perl mysql-test-run.pl "$@"' - \
        "$mtr_home" --extern "host=$host" --extern "port=$port" --extern "user=$account" --extern protocol=tcp \
        --vardir="/tmp/mtr-var" --force --max-test-fail=0 --testcase-timeout=5 --suite-timeout=300 \
        --suite=main ${MTR_OPTIONS:-} "$@" 2>&1 </dev/null
}

# regression NAME DIRECTORY LEFT_OUT: both ways, by lib.sh's compare.
regression() {
    local name=$1 line='^(\[ *[0-9]+%\] )?main\.([^ ]+) .*\[ '
    all=$(candidates "$2" "$3")
    run_suite() {
        local tests=$all
        [ "$1:$2" = "$direct" ] || tests=$(sed -n 's/^pass //p' "$SUITES/$name.direct")
        [ -n "$tests" ] || return 0 # To the runner, none are all.
        run_mtr "$1" "$2" $tests >"$SUITES/$name.log.$2"
        sed -nE "s/${line}pass \].*/pass \2/p" "$SUITES/$name.log.$2"
        if [ "$1:$2" = "$direct" ]; then
            sed -nE "s/${line}(fail|skipped|disabled) \].*/skip \2/p" "$SUITES/$name.log.$2"
        else
            sed -nE "s/${line}(fail|skipped|disabled) \].*/fail \2/p" "$SUITES/$name.log.$2"
            grep '^skip' "$SUITES/$name.direct" || true
        fi
    }
    prepare
    wrap_tester
    compare "$name"
}
