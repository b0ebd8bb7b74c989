// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server of a {@link Simulation}: it replicates, crashes and hangs as real ones do. MariaDB's way to number
 * transactions, by which those of two sources look alike, is simulated too.
 */
final class SimulatedServer {

    private static final ServerVersion MYSQL = ServerVersion.parse("9.7.4");
    private static final ServerVersion MARIADB = ServerVersion.parse("11.8.3-MariaDB");

    final BackendAddress address;
    final int id;
    private final boolean mariadb;
    private final String uuid;

    boolean up = true;
    /** When it crashed last. */
    long downNanos;

    boolean hung;
    /** The network between Sluice and this server is cut. */
    boolean cutOff;
    /** Out of connections, or with a wrong password for the monitor. */
    @Nullable
    Kind refusal;

    boolean readOnly;

    @Nullable
    SimulatedServer follows;

    boolean receiving;
    boolean applying = true;
    /** The network between this server and the one that it follows is cut. */
    boolean cutFromSource;

    private Receiver receiver = Receiver.STOPPED;
    /** Which promotion made it a source, counted over the whole history; 0 for none. */
    int era;

    long rebuiltNanos = Long.MIN_VALUE;
    private GtidSet executed = GtidSet.EMPTY;
    private GtidSet received = GtidSet.EMPTY;
    /** What was taken in last, so as not to do it twice. */
    private @Nullable GtidSet lastReceived;

    private @Nullable GtidSet lastApplied;
    private int written;
    private int position = 10;

    SimulatedServer(int id, boolean mariadb) {
        this.id = id;
        this.mariadb = mariadb;
        this.address = new BackendAddress("db" + id, 3306);
        this.uuid = "00000000-0000-0000-0000-00000000000" + id;
        this.executed = GtidSet.parse(mariadb ? "0-1-10" : "ffffffff-0000-0000-0000-000000000000:1-10");
        this.received = executed;
    }

    GtidSet executed() {
        return executed;
    }

    boolean alive() {
        return up && !hung;
    }

    /** Whether a client of Sluice could use it. */
    boolean reachable() {
        return alive() && !cutOff;
    }

    void write() {
        written++;
        position++;
        String gtid = mariadb ? "0-" + id + "-" + position : uuid + ":" + written;
        executed = executed.union(GtidSet.parse(gtid));
    }

    void follow(@Nullable SimulatedServer source) {
        follows = source;
        receiving = source != null;
        cutFromSource = false;
        received = executed;
        lastReceived = null;
        lastApplied = null;
        receiver = receiving ? Receiver.CONNECTING : Receiver.STOPPED;
    }

    /** A copy of another server's data takes the place of its own. */
    void rebuildFrom(SimulatedServer source, long nowNanos) {
        executed = source.executed;
        position = source.position;
        readOnly = true;
        up = true;
        hung = false;
        applying = true;
        era = 0;
        rebuiltNanos = nowNanos;
        follow(source);
    }

    /** What happens by itself as time goes on. A receiver notices at once that its source died, and late that it hangs. */
    void replicate(boolean noticesSilence) {
        SimulatedServer source = follows;
        if (!alive() || source == null) {
            return;
        }
        boolean connected = source.alive() && !cutFromSource;
        if (!receiving) {
            receiver = Receiver.STOPPED;
        } else if (connected) {
            receiver = Receiver.RUNNING;
            receiveFrom(source);
        } else if (!source.up || noticesSilence) {
            receiver = Receiver.CONNECTING;
        }
        if (applying) {
            applyReceived(source);
        }
    }

    private void receiveFrom(SimulatedServer source) {
        if (source.executed != lastReceived) {
            lastReceived = source.executed;
            received = received.union(lastReceived);
        }
    }

    private void applyReceived(SimulatedServer source) {
        if (lastApplied != received) {
            lastApplied = received;
            executed = executed.union(received);
        }
        if (mariadb && receiver == Receiver.RUNNING) {
            position = Math.max(position, source.position);
        }
    }

    void applyAll() {
        executed = executed.union(received);
        if (mariadb && follows != null) {
            position = Math.max(position, follows.position);
        }
    }

    /** How a probe that leaves now will end. */
    Observation observe(long sentNanos, long receivedNanos, boolean connectionLost) {
        if (cutOff || (up && hung)) {
            return new Failure(address, sentNanos, receivedNanos, Kind.TIMEOUT, false, "");
        }
        if (!up) {
            return new Failure(address, sentNanos, receivedNanos, Kind.REFUSED, connectionLost, "");
        }
        if (refusal != null) {
            return new Failure(address, sentNanos, receivedNanos, refusal, connectionLost, "");
        }
        return new Answer(
                address,
                sentNanos,
                receivedNanos,
                mariadb ? MARIADB : MYSQL,
                mariadb ? "" : uuid,
                id,
                readOnly,
                true,
                channels(),
                executed,
                BinlogState.NONE,
                null,
                null,
                null,
                false,
                List.of());
    }

    private List<Channel> channels() {
        SimulatedServer source = follows;
        if (source == null) {
            return List.of();
        }
        boolean all = lastApplied == received;
        Duration lag = receiver != Receiver.RUNNING ? null : all ? Duration.ZERO : Duration.ofMillis(100);
        return List.of(new Channel(
                "",
                source.address.host(),
                3306,
                mariadb ? "" : source.uuid,
                source.id,
                receiver,
                applying,
                all,
                lag,
                ""));
    }

    @Override
    public String toString() {
        return address.host() + (up ? "" : " down") + (hung ? " hung" : "") + (cutOff ? " cut off" : "")
                + (refusal == null ? "" : " " + refusal) + (readOnly ? " read-only" : " writable")
                + (follows == null
                        ? ""
                        : " follows " + follows.address.host() + (cutFromSource ? " (cut)" : "") + " " + receiver
                                + (applying ? "" : ", applier stopped"))
                + " era " + era + " " + executed;
    }
}
