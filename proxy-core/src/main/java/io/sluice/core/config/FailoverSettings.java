// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import java.util.Optional;

/**
 * What happens to commands while no source is known, and how the source is moved on request.
 *
 * @param drain how long a switchover waits for transactions to end
 * @param catchUp how long it waits for the new source to get everything
 * @param replayBytes of an open transaction are kept, to do it again when its connection is lost; 0: none
 * @param replicationUser as whom the old source shall replicate; empty to leave that to the operator
 */
public record FailoverSettings(
        Duration hold,
        int maxHeld,
        Fencing fence,
        Duration drain,
        Duration catchUp,
        String replicationUser,
        Secret replicationPassword,
        int replayBytes,
        Verification verification) {
    /** With two sets of most slots, the highest id is the highest that there is. */
    private static final long MAX_FIRST_SERVER_ID = 4_294_967_295L - 2 * Verification.MAX_SLOTS + 1;

    /**
     * Whether writes whose answer got lost are looked for by the tags of their GTIDs, or on MariaDB the server ids.
     *
     * @param prefix of the tags: no other Sluice of these servers may have it
     * @param slots how many tags there are, hence connections that can write so at once
     * @param firstServerId of two sets of as many ids as there can be slots, which no server and no other Sluice has
     */
    public record Verification(boolean on, String prefix, int slots, long firstServerId) {
        /** In one set of tags. */
        public static final int MAX_SLOTS = 4096;
    }

    /** What becomes of a server that takes writes beside the source. */
    public enum Fencing implements Keyword {
        OFF("off"),
        READ_ONLY("read_only");

        private final String keyword;

        Fencing(String keyword) {
            this.keyword = keyword;
        }

        @Override
        public String keyword() {
            return keyword;
        }
    }

    static FailoverSettings read(Section section) {
        return new FailoverSettings(
                section.get(Key.duration(
                        "hold",
                        "10s",
                        "0",
                        "1h",
                        "Time a command not yet sent waits for a new source; 0: it fails at once.")),
                section.get(Key.integer(
                        "max_held", 10_000, 0, 1_000_000, "Most commands that wait so; more fail at once.")),
                section.get(Key.choice(
                        "fence",
                        Fencing.OFF,
                        Fencing.class,
                        "Whether a server that takes writes beside the source is made read-only.")),
                section.get(Key.duration(
                        "drain", "4s", "0", "1h", "Time that a switchover leaves open transactions to end.")),
                section.get(Key.duration(
                        "catch_up", "4s", "0", "1h", "Time that a switchover leaves the new source to catch up.")),
                section.get(Key.text(
                        "replication_user",
                        "",
                        "As whom the old source replicates after a switchover; empty: left to you.")),
                section.secret("replication_password", "The password of failover.replication_user; may be ${NAME}.")
                        .orElse(Secret.EMPTY),
                section.get(Key.size(
                        "replay",
                        "0",
                        "0",
                        "64MiB",
                        "Longest transaction that is done again when its connection is lost; 0: none is.")),
                verification(section));
    }

    private static Verification verification(Section section) {
        return new Verification(
                section.get(Key.flag(
                        "verify_writes",
                        false,
                        "Find out what became of writes whose connection was lost, by their GTIDs (MySQL 8.3, MariaDB"
                                + " 10.5).")),
                section.get(new Key<>(
                        "tag_prefix",
                        "sluice",
                        "sluice",
                        "1 to 20 of a-z, 0-9 and _, no digit first",
                        "What those tags begin with; another one for each Sluice before the same servers.",
                        text -> Optional.of(text).filter(prefix -> prefix.matches("[a-z_][a-z0-9_]{0,19}")),
                        text -> "write a name such as sluice_a")),
                section.get(Key.integer(
                        "tags", 64, 1, Verification.MAX_SLOTS, "How many connections can have such a tag at once.")),
                section.get(new Key<>(
                        "server_ids",
                        4_200_000_001L,
                        "4200000001",
                        "1 to 4294959104",
                        "First of 8192 server ids that tags are taken from on MariaDB; other ones for each Sluice.",
                        text -> Optional.of(text)
                                .filter(id -> id.matches("[1-9]\\d{0,9}"))
                                .map(Long::valueOf)
                                .filter(id -> id <= MAX_FIRST_SERVER_ID),
                        text -> "write a number that is far from those of your servers")));
    }
}
