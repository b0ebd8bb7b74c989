// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.it.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Sluice's digests beside those of the server's own STATEMENT_DIGEST(): statements that it takes for the same must be
 * the same for Sluice, and nearly the other way round. MariaDB has no such function.
 */
final class DigestIT {
    /**
     * Statements from anywhere rather than whole scripts: one script may be full of INSERTs that differ in their number
     * of rows, which are one digest to Sluice and two to the server.
     */
    private static final int SAMPLE = 3000;

    private static final Pattern QUOTED = Pattern.compile("('[^']*'|\"[^\"]*\"|`[^`]*`)");

    @Test
    void gives_one_digest_to_what_is_one_statement_to_the_server() throws Exception {
        assumeThat(Lab.flavor().isMariaDb()).isFalse();
        Path home = Lab.newHome("digest");
        Set<String> texts = new LinkedHashSet<>();
        SoundnessIT.texts(SAMPLE).forEach(sql -> texts.addAll(spellings(sql)));
        try (ReplicationTopology topology = Lab.newTopology("digest", 0)) {
            MysqldProcess server = topology.source();
            Verdicts verdicts = Verdicts.of(texts, server.query("SELECT VERSION()"), home);
            Map<String, Map<String, String>> byServer = new LinkedHashMap<>();
            Map<String, Map<String, String>> byUs = new LinkedHashMap<>();
            int compared = 0;
            try (Connection connection = server.connect()) {
                connection.setCatalog("app");
                for (String sql : texts) {
                    String digest = digest(connection, sql);
                    String ours = verdicts.of(sql).digest();
                    if (!digest.isEmpty() && !ours.isEmpty()) {
                        compared++;
                        byServer.computeIfAbsent(digest, unused -> new LinkedHashMap<>())
                                .putIfAbsent(ours, sql);
                        byUs.computeIfAbsent(ours, unused -> new LinkedHashMap<>())
                                .putIfAbsent(digest, sql);
                    }
                }
            }
            List<String> split = several(byServer);
            List<String> merged = several(byUs);
            Files.write(home.resolve("split.txt"), split);
            Files.write(home.resolve("merged.txt"), merged);
            System.out.printf(
                    "%d texts: %d digests of the server, %d of them several of ours; %d of ours, %d of them several of"
                            + " the server%n",
                    compared, byServer.size(), split.size(), byUs.size(), merged.size());
            assertThat(compared).isGreaterThan(200);
            assertThat(split.size()).as("see %s", home.resolve("split.txt")).isLessThan(1 + byServer.size() / 50);
            assertThat(merged.size()).as("see %s", home.resolve("merged.txt")).isLessThan(1 + byUs.size() / 10);
        }
    }

    /** As it is; in lower case, with other blanks and numbers; in upper case. */
    private static List<String> spellings(String sql) {
        if (sql.contains("--") || sql.contains("#") || sql.contains("/*")) {
            return List.of(sql);
        }
        StringBuilder lower = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        int from = 0;
        var quoted = QUOTED.matcher(sql);
        while (quoted.find()) {
            spell(sql.substring(from, quoted.start()), lower, upper);
            lower.append(quoted.group());
            upper.append(quoted.group());
            from = quoted.end();
        }
        spell(sql.substring(from), lower, upper);
        return List.of(sql, lower.toString(), upper.toString());
    }

    private static void spell(String text, StringBuilder lower, StringBuilder upper) {
        lower.append(text.toLowerCase(Locale.ROOT).replace(",", " ,  ").replaceAll("\\b1\\b", "77"));
        upper.append(text.toUpperCase(Locale.ROOT));
    }

    /** Empty where the server cannot read the statement. */
    private static String digest(Connection connection, String sql) {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT STATEMENT_DIGEST(?), STATEMENT_DIGEST_TEXT(?)")) {
            statement.setString(1, sql);
            statement.setString(2, sql);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) + " " + rows.getString(2) : "";
            }
        } catch (SQLException e) {
            return "";
        }
    }

    private static List<String> several(Map<String, Map<String, String>> groups) {
        List<String> lines = new ArrayList<>();
        groups.forEach((digest, others) -> {
            if (others.size() > 1) {
                lines.add(digest);
                others.forEach((other, sql) ->
                        lines.set(lines.size() - 1, lines.get(lines.size() - 1) + "\n    " + other + "  " + sql));
            }
        });
        return lines;
    }
}
