// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.routing.gtid.GtidSet;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the rows of SHOW REPLICA STATUS in all its spellings. */
public final class ReplicationStatus {

    private ReplicationStatus() {}

    static List<Channel> channels(ResultSet rows) throws SQLException {
        List<Channel> channels = new ArrayList<>();
        while (rows.next()) {
            Map<String, String> row = columns(rows);
            // A group's own channels name no source.
            if (!row.getOrDefault("channel_name", "").startsWith("group_replication_")) {
                channels.add(channel(row));
            }
        }
        return channels;
    }

    /** One row by column name: in lower case and in the words of the newest server. */
    public static Map<String, String> columns(ResultSet row) throws SQLException {
        ResultSetMetaData metadata = row.getMetaData();
        Map<String, String> columns = new HashMap<>();
        for (int i = 1; i <= metadata.getColumnCount(); i++) {
            String value = row.getString(i);
            if (value != null) {
                String name = metadata.getColumnLabel(i).toLowerCase(Locale.ROOT);
                columns.put(name.replace("master", "source").replace("slave", "replica"), value);
            }
        }
        return columns;
    }

    private static Channel channel(Map<String, String> row) {
        String name = row.getOrDefault("channel_name", row.getOrDefault("connection_name", ""));
        boolean applierRunning = text(row, "replica_sql_running").equalsIgnoreCase("Yes");
        return new Channel(
                name,
                text(row, "source_host"),
                (int) number(row, "source_port"),
                text(row, "source_uuid"),
                number(row, "source_server_id"),
                receiver(text(row, "replica_io_running")),
                applierRunning,
                appliedAll(row),
                lag(row),
                text(row, applierRunning ? "last_io_error" : "last_sql_error"));
    }

    private static Receiver receiver(String running) {
        return switch (running.toLowerCase(Locale.ROOT)) {
            case "yes" -> Receiver.RUNNING;
            case "connecting", "preparing" -> Receiver.CONNECTING;
            default -> Receiver.STOPPED;
        };
    }

    /** By GTID where the server tells; else by binary log position, which a parallel applier moves only now and then. */
    private static boolean appliedAll(Map<String, String> row) {
        String received = row.containsKey("gtid_io_pos") ? gtidIoPosition(row) : text(row, "retrieved_gtid_set");
        String applied =
                row.containsKey("gtid_io_pos") ? text(row, "gtid_replica_pos") : text(row, "executed_gtid_set");
        if (!received.isEmpty() && GtidSet.parse(applied).contains(GtidSet.parse(received))) {
            return true;
        }
        return received.isEmpty()
                && row.containsKey("read_source_log_pos")
                && text(row, "source_log_file").equals(text(row, "relay_source_log_file"))
                && text(row, "read_source_log_pos").equals(text(row, "exec_source_log_pos"));
    }

    /** Gtid_IO_Pos is kept only when the channel replicates by GTID. */
    private static String gtidIoPosition(Map<String, String> row) {
        return text(row, "using_gtid").equalsIgnoreCase("No") ? "" : text(row, "gtid_io_pos");
    }

    private static @Nullable Duration lag(Map<String, String> row) {
        String seconds = text(row, "seconds_behind_source");
        return seconds.isEmpty() ? null : Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static String text(Map<String, String> row, String column) {
        return row.getOrDefault(column, "").replace("\n", "").trim();
    }

    private static long number(Map<String, String> row, String column) {
        String text = text(row, column);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }
}
