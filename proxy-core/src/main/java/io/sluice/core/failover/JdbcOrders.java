// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells a server by SQL, in the words that its version has. For one thread at a time. */
final class JdbcOrders implements ServerOrders {
    /** From here on MySQL says REPLICA and SOURCE everywhere. */
    private static final int NEW_WORDS_SINCE = 80023;

    private final JdbcSession session;
    private final ServerVersion version;
    private final String user;

    JdbcOrders(JdbcSession session, String user) throws SQLException {
        this.user = user;
        this.session = session;
        this.version = ServerVersion.parse(session.one("SELECT VERSION()"));
    }

    private boolean newWords() {
        return !version.isMariadb() && version.number() >= NEW_WORDS_SINCE;
    }

    @Override
    public boolean isReplicating() throws SQLException {
        boolean newWords = newWords();
        String prefix = newWords ? "Replica_" : "Slave_";
        try (Statement statement = session.statement();
                ResultSet rows = statement.executeQuery(newWords ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS")) {
            boolean any = false;
            boolean all = true;
            while (rows.next()) {
                any = true;
                all &= rows.getString(prefix + "IO_Running").equals("Yes")
                        && rows.getString(prefix + "SQL_Running").equals("Yes");
            }
            return any && all;
        }
    }

    @Override
    public String identity() throws SQLException {
        return session.one(
                version.isMariadb()
                        ? "SELECT CONCAT_WS(' ', @@hostname, @@port, @@socket, @@datadir)"
                        : "SELECT @@server_uuid");
    }

    @Override
    public boolean isWritable() throws SQLException {
        return session.one("SELECT @@GLOBAL.read_only").equals("0");
    }

    @Override
    public String grantToFreeze() {
        String privilege = version.isMariadb() ? "READ_ONLY ADMIN" : "SYSTEM_VARIABLES_ADMIN";
        return "GRANT " + privilege + " ON *.* TO '" + user + "'@'...'";
    }

    @Override
    public void freeze() throws SQLException {
        session.run("SET SESSION lock_wait_timeout=5"); // who holds LOCK TABLES would keep us waiting
        session.run(version.isMariadb() ? "SET GLOBAL read_only=1" : "SET GLOBAL super_read_only=1");
    }

    @Override
    public void thaw() throws SQLException {
        if (!version.isMariadb()) {
            session.run("SET GLOBAL super_read_only=0");
        }
        session.run("SET GLOBAL read_only=0");
    }

    @Override
    public String position() throws SQLException {
        return session.one(version.isMariadb() ? "SELECT @@GLOBAL.gtid_binlog_pos" : "SELECT @@GLOBAL.gtid_executed");
    }

    @Override
    public boolean reach(String position, Duration atMost) throws SQLException {
        String wait = version.isMariadb() ? "SELECT MASTER_GTID_WAIT(?, ?)" : "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)";
        try (PreparedStatement statement = session.prepare(wait)) {
            statement.setString(1, position);
            statement.setDouble(2, atMost.toMillis() / 1000.0);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getInt(1) == 0;
            }
        }
    }

    @Override
    public String beyond(String position) throws SQLException {
        if (version.isMariadb()) {
            return ""; // its positions name the last transaction alone
        }
        try (PreparedStatement statement = session.prepare("SELECT GTID_SUBTRACT(@@GLOBAL.gtid_executed, ?)")) {
            statement.setString(1, position);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }

    @Override
    public void stopReplicating() throws SQLException {
        session.run(newWords() ? "STOP REPLICA" : "STOP SLAVE");
    }

    @Override
    public void resumeReplicating() throws SQLException {
        session.run(newWords() ? "START REPLICA" : "START SLAVE");
    }

    @Override
    public void forgetSource() throws SQLException {
        session.run(newWords() ? "RESET REPLICA ALL" : "RESET SLAVE ALL");
    }

    @Override
    public void follow(BackendAddress source, @Nullable ReplicationAccount account) throws SQLException {
        stopReplicating();
        if (account != null && version.isMariadb()) {
            session.run("SET GLOBAL gtid_slave_pos=@@GLOBAL.gtid_binlog_pos"); // what it wrote itself, it has
        }
        String word = newWords() ? "SOURCE" : "MASTER";
        StringBuilder change = new StringBuilder(newWords() ? "CHANGE REPLICATION SOURCE TO " : "CHANGE MASTER TO ");
        change.append(word).append("_HOST=?, ").append(word).append("_PORT=").append(source.port());
        if (account != null) {
            change.append(", ").append(word).append("_USER=?, ").append(word).append("_PASSWORD=?");
            change.append(version.isMariadb() ? ", MASTER_USE_GTID=slave_pos" : ", " + word + "_AUTO_POSITION=1");
            change.append(version.isMariadb() ? "" : ", GET_" + word + "_PUBLIC_KEY=1");
        }
        // The server takes no placeholders here: the driver puts the values in.
        try (PreparedStatement statement = session.prepare(change.toString())) {
            statement.setString(1, source.host());
            if (account != null) {
                statement.setString(2, account.user());
                statement.setString(3, account.password());
            }
            statement.execute();
        }
        resumeReplicating();
    }

    @Override
    public void close() {
        session.close();
    }
}
