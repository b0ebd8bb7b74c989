// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.failover.ServerOrders.ReplicationAccount;
import io.sluice.core.view.OpenWork;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerControl.Step;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the source to another server while clients wait. Until the candidate has stopped to replicate, every failure
 * leaves things as they were; from then on none makes a second server writable. Made for one switchover; blocks.
 */
final class Switchover {
    private static final Logger LOG = LoggerFactory.getLogger(Switchover.class);

    private static final long POLL_MILLIS = 5;
    /** How long the monitor may take to see the new source. */
    private static final Duration SIGHT = Duration.ofSeconds(10);
    /** Sessions that are cut off need a moment to notice. */
    private static final Duration CUT_OFF = Duration.ofSeconds(2);

    private static final int NAMED_SESSIONS = 5;

    /**
     * How long clients may be kept waiting.
     *
     * @param transactions for transactions, and what else holds on to the source, to end
     * @param catchUp for the candidate to get what the source has
     */
    record Limits(Duration transactions, Duration catchUp) {}

    private final Gate gate;
    private final ServerOrders.Factory servers;
    private final Limits limits;
    private final @Nullable ReplicationAccount account;
    private final LongSupplier nanos;
    private final BackendAddress candidate;
    private final List<Step> steps = new ArrayList<>();
    private long beganAtNanos;

    /** @param account as whom the old source shall replicate; null to leave that to the operator */
    Switchover(
            Gate gate,
            ServerOrders.Factory servers,
            Limits limits,
            @Nullable ReplicationAccount account,
            LongSupplier nanos,
            BackendAddress candidate) {
        this.gate = gate;
        this.servers = servers;
        this.limits = limits;
        this.account = account;
        this.nanos = nanos;
        this.candidate = candidate;
    }

    List<Step> run(boolean force) throws Refused {
        beganAtNanos = nanos.getAsLong();
        BackendAddress source = check();
        List<BackendAddress> others = otherReplicas();
        try (ServerOrders from = at(source);
                ServerOrders to = at(candidate)) {
            if (!to.isReplicating()) {
                throw new Refused(candidate + " does not replicate: it would never get what " + source + " has");
            }
            gate.withhold(source, "switchover to " + candidate);
            try {
                moveOver(source, from, to, force);
            } finally {
                gate.release(source);
            }
            others.forEach(this::repoint);
            demote(source, from);
        } catch (SQLException e) {
            throw new Refused("nothing was changed: " + reason(e));
        }
        return steps;
    }

    private BackendAddress check() throws Refused {
        Topology topology = gate.topology();
        Member source = topology.source()
                .orElseThrow(() -> new Refused("there is no source to take over from: " + topology.note()));
        Member member = topology.member(candidate)
                .orElseThrow(() -> new Refused(candidate + " is not a server that Sluice knows; these are: "
                        + topology.members().stream()
                                .map(known -> known.address().toString())
                                .collect(Collectors.joining(", "))));
        if (source.address().equals(candidate)) {
            throw new Refused(candidate + " is the source already");
        }
        if (!member.isOnlineReplica()) {
            throw new Refused(candidate + " is no online replica: " + member.note());
        }
        Duration lag = member.lag();
        if (lag == null || lag.compareTo(limits.catchUp()) > 0) {
            throw new Refused(candidate + " is " + (lag == null ? "an unknown time" : lag.toMillis() + " ms")
                    + " behind, which may take longer than failover.catch_up allows; " + member.note());
        }
        return source.address();
    }

    private List<BackendAddress> otherReplicas() {
        return gate.topology().members().stream()
                .filter(member ->
                        member.role() == Role.REPLICA && !member.address().equals(candidate))
                .map(Member::address)
                .toList();
    }

    private void moveOver(BackendAddress source, ServerOrders from, ServerOrders to, boolean force) throws Refused {
        awaitLetGo(source, force);
        try {
            from.freeze();
            done("made " + source + " read-only");
            catchUp(from, to);
            to.stopReplicating();
        } catch (SQLException | Refused e) {
            throw undone(source, from, to, e);
        }
        // From here on the old source stays closed, whatever happens.
        try {
            to.forgetSource();
            to.thaw();
        } catch (SQLException e) {
            throw new Refused(source + " is read-only and " + candidate + " has everything, but was not made writable: "
                    + reason(e) + "; on " + candidate + ", run RESET REPLICA ALL and SET GLOBAL read_only=0");
        }
        done("made " + candidate + " writable");
        gate.look();
        boolean seen = await(
                SIGHT,
                () -> gate.topology()
                        .source()
                        .filter(member -> member.address().equals(candidate))
                        .isPresent());
        if (!seen) {
            throw new Refused(candidate + " is writable, but the monitor does not take it for the source: "
                    + gate.topology().note());
        }
        done("writes go to " + candidate);
    }

    private void awaitLetGo(BackendAddress source, boolean force) throws Refused {
        boolean free =
                await(limits.transactions(), () -> gate.openWorkAt(source).isEmpty());
        if (!free && !force) {
            throw new Refused(
                    "nothing was changed: after " + limits.transactions().toMillis() + " ms, these still hold "
                            + source + ": " + names(gate.openWorkAt(source))
                            + "; end them, allow more by failover.drain, or say FORCE to cut them off");
        }
        if (!free) {
            List<OpenWork> cut = gate.openWorkAt(source);
            gate.abandon(source);
            await(CUT_OFF, () -> gate.openWorkAt(source).isEmpty());
            done("cut off " + names(cut));
        }
        done("held writes");
    }

    private static String names(List<OpenWork> work) {
        String names =
                work.stream().limit(NAMED_SESSIONS).map(OpenWork::toString).collect(Collectors.joining(", "));
        return work.size() > NAMED_SESSIONS ? names + " and " + (work.size() - NAMED_SESSIONS) + " more" : names;
    }

    private void catchUp(ServerOrders from, ServerOrders to) throws SQLException, Refused {
        String position = from.position();
        if (!to.reach(position, limits.catchUp())) {
            throw new Refused(candidate + " did not get everything within "
                    + limits.catchUp().toMillis() + " ms (failover.catch_up)");
        }
        String errant = to.beyond(position);
        if (!errant.isEmpty()) {
            throw new Refused(candidate + " has transactions that the source has not: " + errant);
        }
        done(candidate + " has everything");
    }

    /** Nobody but the old source has taken a write: it may go on. */
    private Refused undone(BackendAddress source, ServerOrders from, ServerOrders to, Exception why) {
        String cause = why instanceof SQLException sql ? reason(sql) : String.valueOf(why.getMessage());
        try {
            if (!to.isReplicating()) {
                to.resumeReplicating();
            }
        } catch (SQLException e) {
            cause += "; " + candidate + " does not replicate any more: " + reason(e);
        }
        try {
            from.thaw();
            return new Refused("given up, " + source + " goes on: " + cause);
        } catch (SQLException e) {
            return new Refused(source + " may be read-only now, SET GLOBAL read_only=0 there: " + reason(e)
                    + "; given up before because " + cause);
        }
    }

    private void repoint(BackendAddress replica) {
        try (ServerOrders orders = servers.at(replica)) {
            orders.follow(candidate, null);
            done(replica + " follows");
        } catch (SQLException e) {
            failed(replica + " follows", reason(e));
        }
    }

    private void demote(BackendAddress source, ServerOrders from) {
        if (account == null) {
            failed(source + " follows", "left to you: no failover.replication_user");
            return;
        }
        try {
            from.follow(candidate, account);
            done(source + " follows");
        } catch (SQLException e) {
            failed(source + " follows", reason(e));
        }
    }

    private ServerOrders at(BackendAddress server) throws Refused {
        try {
            return servers.at(server);
        } catch (SQLException e) {
            throw new Refused(
                    "nothing was changed: " + server + " does not let the monitor's account in: " + reason(e));
        }
    }

    /** Servers name the privilege that is missing. */
    private static String reason(SQLException e) {
        return e.getErrorCode() + " " + e.getMessage();
    }

    private void done(String what) {
        add(new Step(what, "ok", millis()));
    }

    private void failed(String what, String why) {
        add(new Step(what, "failed: " + why, millis()));
    }

    private void add(Step step) {
        steps.add(step);
        LOG.info("event=switchover step=\"{}\" result=\"{}\" ms={}", step.what(), step.result(), step.millis());
    }

    private long millis() {
        return Duration.ofNanos(nanos.getAsLong() - beganAtNanos).toMillis();
    }

    private boolean await(Duration atMost, BooleanSupplier condition) {
        long deadline = nanos.getAsLong() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (nanos.getAsLong() - deadline >= 0) {
                return false;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
