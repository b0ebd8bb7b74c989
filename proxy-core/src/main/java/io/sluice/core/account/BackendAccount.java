// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.core.config.MonitorSettings;
import io.sluice.protocol.auth.Password;
import io.sluice.routing.topology.BackendAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * As whom Sluice logs in to servers: a user and a password, or two of them while the password is being changed. Which of
 * the two a server takes is the server's to say, each for itself, since a change reaches replicas later; what it took
 * last is tried first. A password may be unknown until a client shows it. Thread-safe.
 */
public final class BackendAccount {
    private static final int ER_ACCESS_DENIED_ERROR = 1045;

    private final String user;
    private final Password password;
    private final @Nullable Password oldPassword;
    private final Set<BackendAddress> tookOld;
    private int clients;
    private boolean retired;

    public BackendAccount(String user, Password password) {
        this(user, password, null);
    }

    /** @param oldPassword for servers that refuse the password; null for none */
    public BackendAccount(String user, Password password, @Nullable Password oldPassword) {
        this.user = user;
        this.password = password;
        this.oldPassword = oldPassword;
        this.tookOld = oldPassword == null ? Set.of() : ConcurrentHashMap.newKeySet();
    }

    /** As whom the monitor does. */
    public static BackendAccount of(MonitorSettings monitor) {
        return new BackendAccount(monitor.user(), Password.of(monitor.password().reveal()));
    }

    public String user() {
        return user;
    }

    Password password() {
        return password;
    }

    /** The password to begin with at that server. */
    public Password passwordFor(BackendAddress server) {
        return oldPassword != null && !oldPassword.isUnknown() && (tookOld.contains(server) || password.isUnknown())
                ? oldPassword
                : password;
    }

    /** What to try next at a server that said that to one of the passwords; null for nothing. */
    public @Nullable Password insteadOf(Password refused, int errorCode) {
        if (errorCode != ER_ACCESS_DENIED_ERROR) {
            return null;
        }
        Password other = isOld(refused) ? password : oldPassword;
        return other == null || other.isUnknown() ? null : other;
    }

    /** A server let us in with that password. Returns whether it took the other one before. */
    public boolean taken(BackendAddress server, Password used) {
        if (oldPassword == null) {
            return false;
        }
        return isOld(used) ? tookOld.add(server) : tookOld.remove(server);
    }

    @SuppressWarnings("ReferenceEquality") // a password has no other equality
    public boolean isOld(Password used) {
        return used == oldPassword;
    }

    /** One more client may need it. */
    synchronized void hold() {
        clients++;
    }

    synchronized void release() {
        clients--;
        eraseIfUnused();
    }

    /** Nobody will be let in to use it any more; when its last client has left, the password is erased. */
    synchronized void retire() {
        retired = true;
        eraseIfUnused();
    }

    private void eraseIfUnused() {
        if (retired && clients == 0) {
            password.erase();
        }
    }

    /** Whether nobody can log in with it any more. */
    public boolean isErased() {
        return password.isErased();
    }

    /** Passwords are compared by identity: a reloaded configuration makes new connections. */
    @Override
    @SuppressWarnings("ReferenceEquality") // a password has no other equality
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof BackendAccount that
                        && password == that.password
                        && oldPassword == that.oldPassword
                        && user.equals(that.user);
    }

    @Override
    public int hashCode() {
        return user.hashCode();
    }

    @Override
    public String toString() {
        return "BackendAccount[" + user + "]";
    }
}
