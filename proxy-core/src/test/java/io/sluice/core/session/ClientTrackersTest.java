// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.core.backend.Answer;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientTrackersTest {
    private static final String GTID = "00000000-0000-0000-0000-000000000001:7";
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_client_gets_by_default_what_a_server_reports_by_default() {
        bench.with(Capabilities.CLIENT_SESSION_TRACK);
        SessionChanges seen = changes(everything());
        assertThat(seen.variables()).containsExactly(new SessionChanges.Variable("time_zone", "UTC"));
        assertThat(seen.schema()).isEqualTo("a");
        assertThat(seen.stateChanged()).isFalse();
        assertThat(seen.gtids()).isNull();
        assertThat(seen.characteristics()).isNull();
    }

    @Test
    void a_client_gets_what_it_has_asked_for() {
        bench.with(Capabilities.CLIENT_SESSION_TRACK);
        bench.source.on(ClientTrackers.question(Flavor.MYSQL), Answer.rows("0;1;CHARACTERISTICS;OWN_GTID;Sql_Mode, x"));
        TestClient client = bench.client();
        assertThat(client.query("SET session_track_schema=0")).hasToString("ok");
        SessionChanges seen = changes(client, everything());
        assertThat(seen.variables()).containsExactly(new SessionChanges.Variable("sql_mode", "ANSI"));
        assertThat(seen.schema()).isNull();
        assertThat(seen.stateChanged()).isTrue();
        assertThat(seen.gtids()).isEqualTo(GTID);
        assertThat(seen.characteristics()).isEqualTo("");
    }

    @Test
    void a_client_without_the_capability_gets_nothing() {
        assertThat(changes(everything())).isEqualTo(SessionChanges.NONE);
    }

    @Test
    void the_flag_is_set_only_if_something_is_left() {
        bench.with(Capabilities.CLIENT_SESSION_TRACK);
        bench.source.on(INSERT, Answer.ok().gtid(GTID));
        assertThat(bench.client().query(INSERT).status() & ServerStatus.SERVER_SESSION_STATE_CHANGED)
                .isZero();
    }

    @Test
    void the_setting_runs_under_the_clients_trackers_and_ours_come_back() {
        bench.source.on(ClientTrackers.question(Flavor.MYSQL), Answer.rows("1;0;OFF;OFF;*"));
        TestClient client = bench.client();
        client.query("SET session_track_system_variables='*'");
        client.query("SET session_track_schema=0");
        assertThat(bench.source.connection(0).allCommands())
                .filteredOn(command -> command.contains("session_track"))
                .containsSubsequence(
                        "COM_QUERY " + ClientTrackers.DEFAULT.statement(Flavor.MYSQL),
                        "COM_QUERY SET session_track_system_variables='*'",
                        "COM_QUERY " + ClientTrackers.question(Flavor.MYSQL),
                        "COM_QUERY SET session_track_system_variables='*',session_track_schema=1,"
                                + "session_track_state_change=1,session_track_transaction_info='CHARACTERISTICS',"
                                + "session_track_gtids='OWN_GTID'",
                        "COM_QUERY SET @@session.session_track_schema=1,@@session.session_track_state_change=0,"
                                + "@@session.session_track_transaction_info='OFF',"
                                + "@@session.session_track_system_variables=_utf8mb4 X'2a',"
                                + "@@session.session_track_gtids='OFF'",
                        "COM_QUERY SET session_track_schema=0");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void what_else_was_set_meanwhile_is_asked_for() {
        bench.source.on(ClientTrackers.question(Flavor.MYSQL), Answer.rows("1;0;OFF;OFF;*"));
        TestClient client = bench.client();
        client.query("SET session_track_schema=0, sql_mode=''");
        assertThat(bench.source.connection(0).allCommands()).endsWith("COM_QUERY SELECT @@session.`sql_mode`");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void several_variables_of_one_entry_are_chosen_from() {
        ByteBuf block = Unpooled.buffer();
        ByteBuf entry = Unpooled.buffer();
        for (String text : new String[] {"autocommit", "ON", "last_gtid", "0-1-2", "time_zone", "UTC"}) {
            entry.writeByte(text.length()).writeBytes(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        block.writeByte(0).writeByte(entry.readableBytes()).writeBytes(entry);
        ByteBuf out = Unpooled.buffer();
        ClientTrackers.DEFAULT.copyWanted(block, out);
        assertThat(SessionChanges.read(out).variables())
                .containsExactly(
                        new SessionChanges.Variable("autocommit", "ON"),
                        new SessionChanges.Variable("time_zone", "UTC"));
    }

    @Test
    void mariadb_tells_switches_by_words() {
        ClientTrackers trackers = ClientTrackers.DEFAULT.parse("ON;OFF;STATE;OFF;autocommit");
        assertThat(trackers.schema()).isTrue();
        assertThat(trackers.stateChange()).isFalse();
        assertThat(ClientTrackers.DEFAULT.parse("OFF;ON;OFF;OFF;").stateChange())
                .isTrue();
    }

    @Test
    void the_default_is_that_of_the_servers_version() {
        assertThat(ClientTrackers.byDefault(ServerVersion.parse("11.8.9-MariaDB"))
                        .variables())
                .contains("redirect_url", "autocommit", "time_zone");
        for (String version : new String[] {"5.5.5-10.11.6-MariaDB", "8.0.15", "26.7.0"}) {
            assertThat(ClientTrackers.byDefault(ServerVersion.parse(version))).isEqualTo(ClientTrackers.DEFAULT);
        }
        assertThat(ClientTrackers.byDefault(null)).isEqualTo(ClientTrackers.DEFAULT);
    }

    @Test
    void settings_of_no_variables_or_of_an_unreadable_answer_are_understood() {
        assertThat(ClientTrackers.DEFAULT.parse("1;0;OFF;OFF").variables()).isEmpty();
        assertThat(ClientTrackers.DEFAULT.parse("1;0;OFF;OFF;").variables()).isEmpty();
        assertThat(ClientTrackers.DEFAULT.parse("nonsense")).isEqualTo(ClientTrackers.DEFAULT);
    }

    private static Answer everything() {
        return Answer.ok()
                .variable("sql_mode", "ANSI")
                .variable("time_zone", "UTC")
                .schema("a")
                .stateChanged()
                .gtid(GTID)
                .characteristics("");
    }

    private SessionChanges changes(Answer answer) {
        return changes(bench.client(), answer);
    }

    private SessionChanges changes(TestClient client, Answer answer) {
        bench.source.on(INSERT, answer);
        ByteBuf payload = Unpooled.wrappedBuffer(client.query(INSERT).last());
        return OkPacket.read(payload, new Capabilities(Capabilities.CLIENT_SESSION_TRACK))
                .changes();
    }
}
