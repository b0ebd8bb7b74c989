// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import io.sluice.it.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a client says in each run, and what it makes of the answers: the same commands, with a token for each write. */
final class Conversation {
    private static final int COM_STMT_PREPARE = 0x16;
    private static final int COM_STMT_EXECUTE = 0x17;
    private static final int MORE_RESULTS = 8;
    private static final String FIVE_ROWS = "1 2 3 4 5";

    private final String run;
    private final Set<String> acknowledged = new LinkedHashSet<>();
    private final List<String> errors = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    Conversation(String run) {
        this.run = run;
    }

    /** Throws where the connection ends or falls silent. */
    void hold(WireClient client) throws IOException {
        expect(
                "SELECT id FROM fault_rows ORDER BY id",
                query(client, "SELECT id FROM fault_rows ORDER BY id"),
                FIVE_ROWS);
        write(client, "plain");
        prepared(client);
        expect("two results", query(client, "SELECT 7; SELECT 8"), "7 8");
        boolean begun = isOk(query(client, "BEGIN"));
        boolean written = isOk(query(client, insert("transaction")));
        if (isOk(query(client, "COMMIT")) && begun && written) {
            acknowledged.add(token("transaction"));
        }
        expect("after all", query(client, "SELECT id FROM fault_rows ORDER BY id"), FIVE_ROWS);
    }

    private void write(WireClient client, String kind) throws IOException {
        if (isOk(query(client, insert(kind)))) {
            acknowledged.add(token(kind));
        }
    }

    private void prepared(WireClient client) throws IOException {
        client.command(COM_STMT_PREPARE, insert("prepared").getBytes(StandardCharsets.UTF_8));
        byte[] ok = client.readPacket();
        if (WireClient.isError(ok)) {
            errors.add(WireClient.describe(ok));
            return;
        }
        client.command(COM_STMT_EXECUTE, new byte[] {ok[1], ok[2], ok[3], ok[4], 0, 1, 0, 0, 0});
        if (isOk(answer(client))) {
            acknowledged.add(token("prepared"));
        }
    }

    private String insert(String kind) {
        return "INSERT INTO fault_writes VALUES ('" + token(kind) + "')";
    }

    private String token(String kind) {
        return run + "-" + kind;
    }

    private String query(WireClient client, String sql) throws IOException {
        client.query(sql);
        return answer(client);
    }

    private void expect(String what, String found, String wanted) {
        if (!found.equals(wanted) && !found.startsWith("ERR")) {
            wrong.add(what + " gave " + found);
        }
    }

    private boolean isOk(String answer) {
        return answer.equals("OK");
    }

    /** All results of a command as text: OK, ERR, or the first column of all rows. */
    private String answer(WireClient client) throws IOException {
        List<String> values = new ArrayList<>();
        boolean more = true;
        while (more) {
            byte[] first = client.readPacket();
            if (WireClient.isError(first)) {
                return error(first);
            }
            if (first[0] == 0) {
                return "OK";
            }
            for (int packet = 0; packet < first[0] + 1; packet++) { // the columns, and an EOF packet
                byte[] definition = client.readPacket();
                if (WireClient.isError(definition)) {
                    return error(definition);
                }
            }
            byte[] row = client.readPacket();
            while (row[0] != (byte) 0xfe && !WireClient.isError(row)) {
                values.add(new String(row, 1, row[0], StandardCharsets.UTF_8));
                row = client.readPacket();
            }
            if (WireClient.isError(row)) {
                return error(row);
            }
            more = (row[3] & MORE_RESULTS) != 0;
        }
        return String.join(" ", values);
    }

    private String error(byte[] packet) {
        errors.add(WireClient.describe(packet));
        return "ERR";
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    List<String> errors() {
        return errors;
    }

    /** Answers that were neither right nor an error. */
    List<String> wrong() {
        return wrong;
    }
}
