// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.view.OpenWork;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Servers a (the source), b and c (replicas), and the way to them. Notes all that is done; fails where it is told to. */
final class Stage implements Gate, ServerOrders.Factory {
    static final BackendAddress A = BackendAddress.parse("a");
    static final BackendAddress B = BackendAddress.parse("b");
    static final BackendAddress C = BackendAddress.parse("c");

    final List<String> deeds = new ArrayList<>();
    final Set<BackendAddress> writable = new HashSet<>(Set.of(A));
    final Set<BackendAddress> replicating = new HashSet<>(Set.of(B, C));
    /** Of servers that have several names. */
    final Map<BackendAddress, String> identities = new HashMap<>();

    final List<OpenWork> open = new ArrayList<>();
    /** The deed that fails, such as "b thaw". */
    @Nullable
    String failing;

    /** Happens at the same moment as a freeze. */
    Runnable atFreeze = () -> {};

    boolean catchesUp = true;
    String errant = "";

    @Nullable
    Duration lag = Duration.ofMillis(3);

    @Override
    public Topology topology() {
        return new Topology(1, List.of(member(A), member(B), member(C)), "");
    }

    private Member member(BackendAddress address) {
        Role role = writable.contains(address) ? Role.SOURCE : Role.REPLICA;
        return new Member(address, 1, role, true, null, "", lag, GtidSet.EMPTY, 0, "");
    }

    @Override
    public void withhold(BackendAddress server, String why) {
        deeds.add("withhold " + server.host());
    }

    @Override
    public void release(BackendAddress server) {
        deeds.add("release " + server.host());
    }

    @Override
    public List<OpenWork> openWorkAt(BackendAddress server) {
        return List.copyOf(open);
    }

    @Override
    public void abandon(BackendAddress server) {
        deeds.add("abandon " + server.host());
        open.clear();
    }

    @Override
    public void look() {}

    @Override
    public ServerOrders at(BackendAddress server) throws SQLException {
        if (("at " + server.host()).equals(failing)) {
            throw new SQLException("Access denied", "28000", 1045);
        }
        return new Orders(server);
    }

    private final class Orders implements ServerOrders {
        private final BackendAddress server;

        Orders(BackendAddress server) {
            this.server = server;
        }

        private void deed(String what) throws SQLException {
            String deed = server.host() + " " + what;
            deeds.add(deed);
            if (deed.equals(failing)) {
                throw new SQLException("refused: " + deed, "HY000", 1227);
            }
        }

        @Override
        public boolean isReplicating() {
            return replicating.contains(server);
        }

        @Override
        public String identity() {
            return identities.getOrDefault(server, server.host());
        }

        @Override
        public boolean isWritable() throws SQLException {
            deed("isWritable");
            return writable.contains(server);
        }

        @Override
        public String grantToFreeze() {
            return "GRANT";
        }

        @Override
        public void freeze() throws SQLException {
            deed("freeze");
            writable.remove(server);
            atFreeze.run();
        }

        @Override
        public void thaw() throws SQLException {
            deed("thaw");
            writable.add(server);
            if (writable.size() > 1) {
                throw new AssertionError("two writable servers: " + writable);
            }
        }

        @Override
        public String position() throws SQLException {
            deed("position");
            return "all";
        }

        @Override
        public boolean reach(String position, Duration atMost) throws SQLException {
            deed("reach " + position);
            return catchesUp;
        }

        @Override
        public String beyond(String position) throws SQLException {
            deed("beyond " + position);
            return errant;
        }

        @Override
        public void stopReplicating() throws SQLException {
            replicating.remove(server);
            deed("stop");
        }

        @Override
        public void resumeReplicating() throws SQLException {
            deed("resume");
            replicating.add(server);
        }

        @Override
        public void forgetSource() throws SQLException {
            deed("forget");
        }

        @Override
        public void follow(BackendAddress source, @Nullable ReplicationAccount account) throws SQLException {
            deed("follow " + source.host() + (account == null ? "" : " as " + account.user()));
            replicating.add(server);
        }

        @Override
        public void close() {}
    }
}
