// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import io.sluice.it.suite.HibernateTests;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * How much of what Hibernate sends a replica could serve and does not get. The server's general log writes down what
 * the tests of Hibernate send, as often as they send it; the same check as SoundnessIT's follows.
 */
final class HibernatePrecisionIT {
    @BeforeAll
    static void listen() {
        Lab.topology()
                .source()
                .execute("TRUNCATE mysql.general_log", "SET GLOBAL log_output = 'TABLE'", "SET GLOBAL general_log = 1");
    }

    @Nested
    class Trace extends HibernateTests {
        @Override
        public Endpoint endpoint() {
            return Lab.direct();
        }
    }

    @AfterAll
    static void nearly_all_that_a_replica_could_serve_goes_there() throws Exception {
        MysqldProcess logger = Lab.topology().source();
        logger.execute("SET GLOBAL general_log = 0", "SET GLOBAL log_output = 'FILE'");
        List<Script.Line> sent = logged(logger);
        Path home = Lab.newHome("hibernate");
        try (ReplicationTopology topology = Lab.newTopology("precision", 0)) {
            MysqldProcess server = topology.source();
            boolean mariadb = Lab.flavor().isMariaDb();
            SoundnessIT.createReader(server);
            Verdicts verdicts = Verdicts.of(
                    SoundnessIT.texts(List.of(new Script("sent", sent))), server.query("SELECT VERSION()"), home);
            Script trace = new Script("hibernate", counted(sent, verdicts));
            try (Witness witness = new Witness(server, mariadb)) {
                Tally tally = SoundnessIT.run(trace, verdicts, witness, new HashSet<>());
                System.out.println(trace + ": " + tally);
                assertThat(tally.violations()).isEmpty();
                assertThat(tally.ran()).isGreaterThan(10);
                assertThat(tally.lostShare()).as("%s", tally.withheldTexts()).isLessThan(0.01);
            }
        }
    }

    /** The first of each digest, with how often that was sent. */
    private static List<Script.Line> counted(List<Script.Line> sent, Verdicts verdicts) {
        Map<String, Script.Line> lines = new LinkedHashMap<>();
        sent.forEach(line -> lines.merge(
                verdicts.of(line.sql()).digest(),
                line,
                (first, more) -> new Script.Line(first.sql(), first.count() + 1)));
        return List.copyOf(lines.values());
    }

    /** What sessions of the tests' account sent, with the values of prepared statements in their places. */
    private static List<Script.Line> logged(MysqldProcess server) throws SQLException {
        List<Script.Line> lines = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log"
                                + " WHERE command_type IN ('Query', 'Execute') AND user_host LIKE 'app[%' ORDER BY event_time")) {
            while (rows.next()) {
                Script.add(rows.getString(1), lines);
            }
        }
        return lines;
    }
}
