// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.balance.Balancer;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a statement goes: a function of the request and of the topology, but for the balancer's dice.
 *
 * <p>One per event loop, not thread-safe: it keeps the decisions made for the topology it saw last, so that deciding
 * allocates nothing, and what it was told of replicas since.
 */
public final class Router {
    private final RoutingSettings settings;
    private final Balancer balancer;
    /** What replicas proved to have since they were last observed, and those that were asked in vain. */
    private final Map<BackendAddress, GtidSet> proven = new HashMap<>();

    private final Set<BackendAddress> late = new HashSet<>();
    private final ClusterSync cluster = new ClusterSync();
    private Decisions decisions = new Decisions(Topology.EMPTY);

    public Router(RoutingSettings settings, Balancer balancer) {
        this.settings = settings;
        this.balancer = balancer;
    }

    public Router(RoutingSettings settings, RandomGenerator random) {
        this(settings, new Balancer(random));
    }

    @SuppressWarnings("ReferenceEquality") // A snapshot is the same one or another; comparing contents costs time.
    public Decision route(RouteRequest request, Topology topology) {
        if (decisions.topology() != topology) {
            decisions = new Decisions(topology);
            balancer.observe(topology.members());
            proven.clear(); // the server at an address may have become another one
            late.clear();
            cluster.observe(topology);
        }
        Statement statement = request.statement();
        if (settings.refuseFencing() && statement.has(Trait.FENCING)) {
            return Decisions.REJECT_FENCING;
        }
        BackendAddress pinnedTo = request.pinnedTo();
        if (pinnedTo != null) {
            return decisions.forward(pinnedTo, request.inTransaction() ? Reason.IN_TRANSACTION : Reason.PINNED);
        }
        if (request.inTransaction()) {
            return toSource(Reason.IN_TRANSACTION);
        }
        if (settings.replicaTransactions() && beginsReadOnly(request)) {
            return read(request, topology);
        }
        if (statement.statementClass() != StatementClass.R && !isForced(request)) {
            return decisions.source() == null && anyServerWillDo(statement)
                    ? read(request, topology)
                    : toSource(reason(statement.statementClass()));
        }
        return request.autocommit() ? read(request, topology) : toSource(Reason.AUTOCOMMIT_OFF);
    }

    /** Whether a rule that calls itself unsafe takes a statement by itself for a read. */
    private static boolean isForced(RouteRequest request) {
        Statement statement = request.statement();
        StatementClass statementClass = statement.statementClass();
        return request.direction().isForced()
                && (statementClass == StatementClass.W || statementClass == StatementClass.RP)
                && statement.pin() == null;
    }

    /** Whether a transaction begins here that can write nothing, so that all of it may run on one replica. */
    private static boolean beginsReadOnly(RouteRequest request) {
        Statement statement = request.statement();
        return switch (statement.statementClass()) {
            case R -> !request.autocommit() && request.readOnly();
            case T -> isReadOnly(statement, request.readOnly()) && !statement.has(Trait.MULTI_STATEMENT);
            default -> false;
        };
    }

    private static boolean isReadOnly(Statement begin, boolean byDefault) {
        return begin.has(Trait.BEGINS_READ_ONLY_TRANSACTION)
                || (byDefault
                        && begin.has(Trait.BEGINS_TRANSACTION)
                        && !begin.has(Trait.BEGINS_READ_WRITE_TRANSACTION)
                        && !begin.has(Trait.ENDS_TRANSACTION)
                        && begin.pin() == null); // XA
    }

    /**
     * What drivers send when they log in: settings of the session, which are tracked, and reads of system variables.
     * Rather a replica's answer than none while there is no source.
     */
    private static boolean anyServerWillDo(Statement statement) {
        boolean ofSession = statement.statementClass() == StatementClass.S && statement.pin() == null;
        return ofSession || statement.statementClass() == StatementClass.RP;
    }

    private Decision toSource(Reason reason) {
        Member source = decisions.source();
        return source == null ? Decisions.HOLD_FOR_SOURCE : decisions.forward(source, reason);
    }

    private Decision read(RouteRequest request, Topology topology) {
        Direction direction = request.direction();
        if (direction.toSource()) {
            return toSource(reason(direction.by()));
        }
        List<Member> members = topology.members();
        Member source = decisions.source();
        GtidSet observed = observedSince(request, source);
        if (observed == null && (source == null || !source.clustered())) {
            return toSource(Reason.NOT_YET_REPLICATED);
        }
        int[] candidates = decisions.scratch();
        int count = 0;
        int last = candidates.length; // those that would have to wait are at the end
        Reason reason = Reason.NO_REPLICA;
        for (int i = 0; i < members.size(); i++) {
            if (!isWanted(members.get(i), direction)) {
                continue;
            }
            switch (eligibility(members.get(i), request, source, observed)) {
                case FRESH -> candidates[count++] = i;
                case AFTER_WAIT -> candidates[--last] = i;
                case LAGS, LAG_UNKNOWN -> reason = reason == Reason.NO_REPLICA ? Reason.REPLICAS_LAG : reason;
                case LACKS_WRITES, WAITED_IN_VAIN -> reason = Reason.NOT_YET_REPLICATED;
                default -> {}
            }
        }
        if (count > 0) {
            Member chosen = members.get(balancer.choose(candidates, count));
            return decisions.forward(
                    chosen, chosen.role() == Role.SOURCE ? reason(direction.by()) : Reason.READ_ON_REPLICA);
        }
        int waiting = candidates.length - last;
        if (waiting > 0) {
            System.arraycopy(candidates, last, candidates, 0, waiting);
            return decisions.forward(members.get(balancer.choose(candidates, waiting)), Reason.READ_AFTER_WAIT);
        }
        return toSource(reason);
    }

    /** What the source has shown since a write of unknown GTID; null if that proves nothing of that write. */
    private static @Nullable GtidSet observedSince(RouteRequest request, @Nullable Member source) {
        if (request.writtenAtNanos() == 0) {
            return GtidSet.EMPTY;
        }
        if (source == null) {
            return null;
        }
        boolean proves = !source.executed().isEmpty() // else nothing tells what has become of the write
                && source.observedAtNanos() - request.writtenAtNanos() > 0
                && (!source.clustered() || source.address().equals(request.writtenOn()));
        return proves ? source.executed() : null;
    }

    /** Whether a server comes into question: any replica, or those of the hostgroup that is wanted. */
    private static boolean isWanted(Member member, Direction direction) {
        Hostgroup hostgroup = direction.hostgroup();
        if (hostgroup == null || !direction.toMembers()) {
            return member.isOnlineReplica();
        }
        return (member.isOnlineReplica() || member.isOnlineSource())
                && hostgroup.members().contains(member.address());
    }

    private Eligibility eligibility(
            Member replica, RouteRequest request, @Nullable Member source, @Nullable GtidSet observed) {
        if (replica.weight() == 0) {
            return Eligibility.NO_WEIGHT;
        }
        if (replica.role() == Role.SOURCE) {
            return Eligibility.FRESH;
        }
        if (!replica.readable()) {
            return Eligibility.NOT_READABLE;
        }
        Duration allowed = request.direction().maxLag();
        Duration maxLag = allowed == null ? settings.maxLag() : allowed;
        Duration lag = replica.lag();
        if (lag == null && source != null) {
            // Without a source there is nothing to lag behind: an unknown lag does not shut a replica out then.
            return Eligibility.LAG_UNKNOWN;
        }
        if (lag != null && lag.compareTo(maxLag) > 0) {
            return Eligibility.LAGS;
        }
        if (replica.clustered()) {
            return cluster.eligibility(replica.address(), request);
        }
        if (observed == null) {
            return Eligibility.LACKS_WRITES;
        }
        if (has(replica, request.requiredGtids()) && has(replica, observed)) {
            return Eligibility.FRESH;
        }
        if (late.contains(replica.address())) {
            return Eligibility.WAITED_IN_VAIN;
        }
        return request.mayWait() && observed.isEmpty() && !replica.executed().isEmpty()
                ? Eligibility.AFTER_WAIT
                : Eligibility.LACKS_WRITES;
    }

    /** The decision on this request, and how every server was looked at for it. */
    public Explanation explain(RouteRequest request, Topology topology) {
        Decision decision = route(request, topology);
        Member source = decisions.source();
        List<Explanation.Candidate> candidates = new ArrayList<>();
        for (Member member : topology.members()) {
            candidates.add(new Explanation.Candidate(member, seen(member, request, source)));
        }
        return new Explanation(
                request.statement(), decision, request.direction().origin(), candidates);
    }

    private Eligibility seen(Member member, RouteRequest request, @Nullable Member source) {
        if (!member.online()) {
            return Eligibility.OFFLINE;
        }
        Direction direction = request.direction();
        Hostgroup hostgroup = direction.hostgroup();
        boolean unwanted = hostgroup != null
                && direction.toMembers()
                && !hostgroup.members().contains(member.address());
        if ((unwanted || direction.toSource()) && member.role() == Role.REPLICA) {
            return Eligibility.NOT_WANTED;
        }
        return switch (member.role()) {
            case SOURCE -> Eligibility.SOURCE;
            case REPLICA ->
                request.writtenAtNanos() != 0 && !member.clustered()
                        ? Eligibility.LACKS_WRITES
                        : eligibility(member, request, source, GtidSet.EMPTY);
            default -> Eligibility.NO_ROLE;
        };
    }

    private boolean has(Member replica, GtidSet wanted) {
        if (replica.executed().contains(wanted)) {
            return true;
        }
        GtidSet more = proven.get(replica.address());
        return more != null && more.contains(wanted);
    }

    /** A replica was asked to wait and has these now. For as long as the topology is the one that routing saw last. */
    public void reached(BackendAddress replica, GtidSet executed) {
        proven.merge(replica, executed, GtidSet::union);
    }

    /** A replica was asked to wait in vain: it is asked no more until the topology is another one. */
    public void missed(BackendAddress replica) {
        late.add(replica);
    }

    /**
     * Whether a node of a cluster has to be asked to wait before it gets that statement. The one that is chosen for writes
     * may, too: when it is another one than before, it may not yet have what the former one committed.
     */
    public boolean mustCatchUp(BackendAddress node, RouteRequest request) {
        return decisions.topology().isClustered(node) && !cluster.has(node, request);
    }

    /** A node of a cluster was asked then to wait for all that any node had committed, and has it now. */
    public void caughtUp(BackendAddress node, long askedAtNanos) {
        cluster.caughtUp(node, askedAtNanos);
    }

    /** A node of a cluster was asked to wait in vain: it is asked no more for a while. */
    public void fellBehind(BackendAddress node, long nanos) {
        cluster.fellBehind(node, nanos);
    }

    /**
     * A replica has answered a read that it did not have to wait for.
     *
     * @param nanos from when it was sent until all of the answer was there, above zero
     */
    public void answered(BackendAddress replica, Statement statement, long nanos) {
        balancer.answered(replica, statement.digest(), nanos);
    }

    /** How many times as long as others a replica takes, as far as this event loop has seen; 1 unless that is clear. */
    public double slowness(BackendAddress replica) {
        return balancer.slowness(replica);
    }

    private static Reason reason(Direction.By by) {
        return switch (by) {
            case HINT -> Reason.HINT;
            case RULE -> Reason.RULE;
            case USER -> Reason.DEFAULT_HOSTGROUP;
            case NOBODY -> throw new AssertionError(by);
        };
    }

    private static Reason reason(StatementClass statementClass) {
        return switch (statementClass) {
            case RP -> Reason.SERVER_SPECIFIC_READ;
            case X -> Reason.PROXY_STATEMENT;
            case L -> Reason.DIAGNOSTICS;
            case S -> Reason.SESSION_STATE;
            case T -> Reason.TRANSACTION_CONTROL;
            case P -> Reason.CONNECTION_STATE;
            case W -> Reason.WRITE;
            case WI -> Reason.SCHEMA_CHANGE;
            case A -> Reason.ADMINISTRATION;
            case R -> throw new AssertionError(statementClass);
        };
    }
}
