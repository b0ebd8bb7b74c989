// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.core.config.TlsRequirement;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.handshake.Account;

/**
 * Someone who may log in, and how Sluice logs in to servers on their behalf: a user of the configuration, or an account
 * that a server has proven. Thread-safe.
 */
public final class ProxyAccount implements Account {
    private final String name;
    private final BackendAccount backend;
    private final int maxClients;
    private final String schema;
    private final TlsRequirement tls;
    private volatile Credentials credentials;
    private volatile long provenAtNanos;
    private volatile boolean doubted;
    private final ClientCount count;

    /**
     * An account of the servers, with the same name and password here.
     *
     * @param maxClients most clients at once, 0 for no limit
     */
    ProxyAccount(String name, Password password, int maxClients) {
        this(
                name,
                Credentials.ofPassword(password),
                new BackendAccount(name, password),
                maxClients,
                "",
                TlsRequirement.NONE,
                new ClientCount());
    }

    /**
     * @param maxClients most clients at once, 0 for no limit
     * @param schema of a client that names none; empty for none
     * @param count of all clients of that name
     */
    ProxyAccount(
            String name,
            Credentials credentials,
            BackendAccount backend,
            int maxClients,
            String schema,
            TlsRequirement tls,
            ClientCount count) {
        this.name = name;
        this.credentials = credentials;
        this.backend = backend;
        this.maxClients = maxClients;
        this.schema = schema;
        this.tls = tls;
        this.count = count;
    }

    public String name() {
        return name;
    }

    /** With it, pools log in to the servers. The same all the time, also when the password is changed. */
    public BackendAccount backend() {
        return backend;
    }

    Password password() {
        return backend.password();
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    /** From now on, these are as good as what was known. */
    void accept(Credentials better) {
        credentials = better;
    }

    public int maxClients() {
        return maxClients;
    }

    public String schema() {
        return schema;
    }

    /** What its clients have to see to. */
    public TlsRequirement tls() {
        return tls;
    }

    ClientCount count() {
        return count;
    }

    /** One more client; false if there are too many. */
    public boolean enter() {
        if (!count.enter(maxClients)) {
            return false;
        }
        backend.hold();
        return true;
    }

    public void leave() {
        count.leave();
        backend.release();
    }

    /** Nobody will be let in by this object any more; when its last client has left, the password is erased. */
    void retire() {
        backend.retire();
    }

    /** A server has let in somebody with that password: it is the account's from now on, also for its open sessions. */
    void proven(Password current, long atNanos) {
        Password password = password();
        if (!password.sameAs(current) || (current.hasText() && !password.hasText())) {
            password.become(current);
            credentials = Credentials.ofPassword(current);
        }
        provenAtNanos = atNanos;
        doubted = false;
    }

    /** A server has refused a connection for it: the next client is let in by a new proof only. */
    public void doubt() {
        doubted = true;
    }

    /** Whether it was proven at that time or later, and nothing has been heard against it since. */
    boolean isProvenSince(long nanos) {
        return !doubted && provenAtNanos - nanos >= 0;
    }

    @Override
    public String toString() {
        return "ProxyAccount[" + name + "]";
    }
}
