// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import io.sluice.drill.server.ReplicationTopology;
import java.sql.SQLException;

/** The schema that every script finds as new: three rows, which the replicas have, too. */
final class Stage {
    private static final String[] SETTING = {
        "DROP DATABASE IF EXISTS behaviour",
        "DROP DATABASE IF EXISTS behaviour_other",
        "DROP DATABASE IF EXISTS behaviour_gone",
        "DROP DATABASE IF EXISTS beh",
        "DROP ROLE IF EXISTS behaviour_role",
        "DROP USER IF EXISTS behaviour_user",
        "CREATE DATABASE behaviour CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        "CREATE TABLE behaviour.t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20), n INT)",
        "INSERT INTO behaviour.t (a, n) VALUES ('one', 10), ('two', 20), ('three', 30)"
    };

    private final ReplicationTopology servers;
    private String position = "";

    Stage(ReplicationTopology servers) {
        this.servers = servers;
    }

    /** Sets it anew if anything was written since. */
    void set() {
        if (position.isEmpty() || !position.equals(position())) {
            servers.source().execute(SETTING);
            servers.awaitCaughtUp();
            position = position();
        }
    }

    private String position() {
        try {
            return servers.source()
                    .query(servers.flavor().isMariaDb() ? "SELECT @@gtid_binlog_pos" : "SELECT @@gtid_executed");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot tell the source's position", e);
        }
    }
}
