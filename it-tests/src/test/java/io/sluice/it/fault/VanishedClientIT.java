// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The machine of a client loses its power amid a transaction: nobody is told, and the locks must not stay. */
class VanishedClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void its_transaction_is_rolled_back_once_its_machine_answers_no_more() throws Exception {
        Optional<String> obstacle = NamespaceNetwork.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle::get);
        MysqldProcess source = Lab.topology().source();
        source.execute(
                "CREATE TABLE app.vanished (id INT PRIMARY KEY, n INT)", "INSERT INTO app.vanished VALUES (1, 0)");
        Lab.topology().awaitCaughtUp();
        SluiceSettings settings = Lab.settings(Lab.topology()).set("mysql.tcp_timeout", "3s");
        settings.set("mysql.listen", "0.0.0.0:" + settings.mysqlPort());
        String open = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_modified > 0";
        try (NamespaceNetwork network = new NamespaceNetwork(1);
                SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("vanished-client"))) {
            List<String> command = new ArrayList<>(network.place(0).launcher());
            command.addAll(List.of("mariadb", "--batch", "--unbuffered", "-h" + network.here(), "-P" + sluice.port()));
            command.addAll(List.of("-uapp", "-papp", "app"));
            Process client = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream statements = client.getOutputStream()) {
                statements.write("BEGIN;\nUPDATE vanished SET n = 1 WHERE id = 1;\n".getBytes(StandardCharsets.UTF_8));
                statements.flush();
                Await.until(
                        "its transaction is open",
                        LIMIT,
                        () -> source.query(open).equals("1"));
                network.cutFromHere(0);
                Await.until("it is rolled back", LIMIT, () -> source.query(open).equals("0"));
            } finally {
                client.destroyForcibly().waitFor();
            }
        } finally {
            source.execute("DROP TABLE app.vanished");
        }
    }
}
