// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.SluiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code sluice explain} says of statements. */
final class Verdicts {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\"((?:[^\"\\\\]++|\\\\.)*+)\"");

    private final Map<String, Verdict> verdicts = new HashMap<>();

    /** @param reads tables, with blanks between; "?" if the structure is not known */
    record Verdict(String statementClass, String reason, String digest, String reads) {
        boolean isRead() {
            return statementClass.equals("R");
        }
    }

    static Verdicts of(Collection<String> statements, String serverVersion, Path home) throws IOException {
        Path file = home.resolve("statements.sql");
        Files.write(file, statements.stream().distinct().toList(), StandardCharsets.UTF_8);
        Path answers = home.resolve("verdicts.jsonl");
        Path program = SluiceProcess.distribution().resolve("bin/sluice");
        ChildProcess process = ChildProcess.start(
                List.of(
                        program.toString(),
                        "explain",
                        "--format",
                        "json",
                        "--server-version",
                        serverVersion,
                        "--file",
                        file.toString()),
                answers,
                Map.of("JAVA_HOME", System.getProperty("java.home"), "SLUICE_JAVA_OPTS", "-Dfile.encoding=UTF-8"));
        if (process.exitCode(Duration.ofMinutes(10)) != 0) {
            throw new IllegalStateException("sluice explain failed, see " + answers);
        }
        Verdicts all = new Verdicts();
        for (String line : Files.readString(answers).split("\n", -1)) {
            Map<String, String> fields = new HashMap<>();
            Matcher field = FIELD.matcher(line);
            while (field.find()) {
                fields.put(field.group(1), Script.unescape(field.group(2)));
            }
            if (fields.containsKey("class")) {
                String reads = fields.containsKey("structure") ? "?" : fields.getOrDefault("reads", "");
                all.verdicts.put(
                        fields.get("sql"),
                        new Verdict(fields.get("class"), fields.get("reason"), fields.get("digest"), reads));
            }
        }
        return all;
    }

    Verdict of(String sql) {
        return verdicts.getOrDefault(sql, new Verdict("?", "not classified", "", "?"));
    }
}
