// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.it.Lab;
import java.util.List;

/** What may befall a source and its two replicas, and what clients of Sluice may see of it at most. */
enum Misfortune implements Mishap {
    SOURCE_HANGS("source stopped by SIGSTOP, later continued", Law.HELD.says("hangs")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.source().pause();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.source().resume();
        }
    },
    REPLICA_HANGS("replica stopped by SIGSTOP, later continued", Law.UNNOTICED.says("hangs")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.replica().pause();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.replica().resume();
        }
    },
    SOURCE_CUT_OFF("cut between Sluice and the source only", Law.HELD.says("receive from it: it is cut off")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.networkOfSource().cut();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.networkOfSource().mend();
        }
    },
    REPLICAS_CUT_OFF("cut between the source and its replicas only", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.cutReplication();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.mendReplication();
        }
    },
    REPLICA_SLOW("network to a replica slow, 1 s", Law.UNNOTICED.readsWithin(4000)) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.networkOfReplica().delay(1000);
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.networkOfReplica().delay(0);
        }
    },
    SOURCE_SLOW("network to the source slow, 1 s", Law.HELD) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.networkOfSource().delay(1000);
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.networkOfSource().delay(0);
        }
    },
    SOURCE_FULL("max_connections reached on the source", Law.UNNOTICED.says("alive, but has no connection left")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.fill(scene.source());
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.makeRoom();
        }
    },
    REPLICA_FULL("max_connections reached on a replica", Law.UNNOTICED.says("alive, but has no connection left")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.fill(scene.replica());
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.makeRoom();
        }
    },
    MONITOR_REFUSED("password of the monitor's account changed", Law.UNNOTICED.says("alive, but refuses")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.source().execute("ALTER USER monitor@'%' IDENTIFIED BY 'changed'");
            scene.disconnectMonitor();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.source().execute("ALTER USER monitor@'%' IDENTIFIED BY 'monitor'");
        }
    },
    MONITOR_HANGS("monitor cannot log in, it hangs", Law.UNNOTICED.says("alive, but does not answer the monitor")) {
        @Override
        public void strike(Scene scene) throws Exception {
            // Users with all privileges, such as the clients' one, are spared it.
            scene.everywhere("SET GLOBAL init_connect = 'DO SLEEP(30)'");
            scene.disconnectMonitor();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.everywhere("SET GLOBAL init_connect = ''");
            scene.disconnectMonitor();
        }
    },
    REPLICATION_STOPPED("replication stopped on a replica", Law.UNNOTICED.says("is stopped")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.replica().execute(scene.word("STOP REPLICA"));
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.replica().execute(scene.word("START REPLICA"));
        }
    },
    REPLICA_LAGS("replica lags by 20 s", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.lag(20);
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.lag(0);
        }
    },
    REPLICA_REBUILT("replica killed and rebuilt from nothing", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.replica().kill();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.rebuild(scene.replicaNumber());
        }
    },
    ROLLING_RESTART("every server restarted, the source last", Law.RESTARTED) {
        @Override
        public void strike(Scene scene) throws Exception {
            for (MysqldProcess server : scene.topology().replicas()) {
                scene.stop(server);
                server.start("--read-only=1");
            }
            scene.stop(scene.source());
            scene.source().start();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            // Nothing is left to be done.
        }
    },
    REPLICA_ERRANT("replica with a transaction of its own", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.writeOnReplica();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.replica().kill();
            scene.rebuild(scene.replicaNumber());
        }

        @Override
        public Law law() {
            // With gtid_strict_mode a replica of MariaDB stops at the source's next transaction, and says so.
            return Lab.flavor().isMariaDb() ? super.law() : super.law().says("errant transactions");
        }
    },
    OLD_SOURCE_RETURNS("split brain: source killed, replica promoted, old source back", Law.INTERRUPTED) {
        @Override
        public void strike(Scene scene) throws Exception {
            int old = scene.sourceNumber();
            scene.source().kill();
            scene.promote(scene.replicaNumber(), List.of());
            scene.topology().server(old).start();
            scene.forbid(old);
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.rebuildForbidden();
        }
    },
    OLD_SOURCE_FOLLOWED("split brain: source restarted after a promotion, a replica still its", Law.RESTARTED) {
        @Override
        public void strike(Scene scene) throws Exception {
            int old = scene.sourceNumber();
            int third = scene.otherReplicaNumber();
            scene.stop(scene.source());
            scene.promote(scene.replicaNumber(), List.of(third));
            scene.topology().server(old).start();
            scene.forbid(old);
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.followSource();
            scene.rebuildForbidden();
        }
    },
    REPLICA_WRITABLE("split brain: a replica detached and writable, source alive", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.forbid(scene.replicaNumber());
            scene.topology().detach(scene.replicaNumber());
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.followSource();
        }
    },
    REPLICAS_WRITABLE("split brain: both replicas detached and writable", Law.LEADERLESS.says(" writable servers: ")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.forbid(scene.replicaNumber());
            scene.forbid(scene.otherReplicaNumber());
            scene.topology().detach(scene.replicaNumber());
            scene.topology().detach(scene.otherReplicaNumber());
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.followSource();
        }
    },
    PROMOTED_BEHIND_A_CUT("split brain: source cut off, replica promoted, cut healed", Law.INTERRUPTED) {
        @Override
        public void strike(Scene scene) throws Exception {
            int old = scene.sourceNumber();
            scene.networkOfSource().cut();
            scene.awaitSaid("cut off");
            scene.promote(scene.replicaNumber(), List.of(old));
            scene.awaitSource(scene.replicaNumberOf(old));
            scene.forbid(old);
            scene.network(old).mend();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.rebuildForbidden();
        }
    };

    private final String text;
    private final Law law;

    Misfortune(String text, Law law) {
        this.text = text;
        this.law = law;
    }

    @Override
    public Law law() {
        return law;
    }

    @Override
    public String toString() {
        return text;
    }
}
