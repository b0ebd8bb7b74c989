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

/** A server that is nothing but what a probe would see of it. */
final class FakeServer {

    final BackendAddress address;
    final String uuid;
    final int id;
    boolean readOnly;
    boolean channelsKnown = true;

    @Nullable
    FakeServer follows;

    Receiver receiver = Receiver.RUNNING;
    boolean applierRunning = true;
    boolean appliedAll = true;

    @Nullable
    Duration ownLag = Duration.ZERO;

    @Nullable
    Kind failure;

    boolean connectionLost;
    boolean diskFull;

    @Nullable
    GroupView group;

    @Nullable
    GaleraNode galera;

    @Nullable
    ManagedNode managed;

    GtidSet executed;
    BinlogState binlogState = BinlogState.NONE;
    String version = "9.7.4";
    private int written;

    FakeServer(int id) {
        this(id, "db" + id);
    }

    FakeServer(int id, String host) {
        this.id = id;
        this.address = new BackendAddress(host, 3306);
        this.uuid = "00000000-0000-0000-0000-00000000000" + id;
        this.executed = GtidSet.parse("ffffffff-0000-0000-0000-000000000000:1-10");
    }

    void write() {
        written++;
        executed = executed.union(GtidSet.parse(uuid + ":" + written));
    }

    FakeServer follow(FakeServer source) {
        follows = source;
        readOnly = true;
        receiver = Receiver.RUNNING;
        ownLag = Duration.ZERO;
        return this;
    }

    void promote() {
        follows = null;
        readOnly = false;
    }

    /** The process dies: its port refuses, and whoever followed it tries in vain. */
    void die(FakeServer... replicas) {
        failure = Kind.REFUSED;
        connectionLost = true;
        for (FakeServer replica : replicas) {
            if (replica.follows == this) {
                replica.receiver = Receiver.CONNECTING;
                replica.ownLag = null;
            }
        }
    }

    Observation observe(long nanos) {
        return observe(nanos, address);
    }

    /** What it shows to whoever asks by that address. */
    Observation observe(long nanos, BackendAddress address) {
        if (failure != null) {
            return new Failure(address, nanos, nanos, failure, connectionLost, "");
        }
        List<Channel> channels = follows == null || !channelsKnown
                ? List.of()
                : List.of(new Channel(
                        "",
                        follows.address.host(),
                        3306,
                        follows.uuid,
                        follows.id,
                        receiver,
                        applierRunning,
                        appliedAll,
                        ownLag,
                        ""));
        return new Answer(
                address,
                nanos,
                nanos,
                ServerVersion.parse(version),
                uuid,
                id,
                readOnly,
                channelsKnown,
                channels,
                executed,
                binlogState,
                group,
                galera,
                managed,
                diskFull,
                List.of());
    }
}
