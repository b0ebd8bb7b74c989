// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.Reason;
import io.sluice.routing.topology.BackendAddress;

/** What sessions tell the rest of the proxy. Called from all event loops, once or more a command: must be cheap. */
public interface SessionEvents {
    /** A command has had its whole response. */
    void answered(Reason reason);

    /** A replica was asked to wait for writes, and had them in time or not. */
    void waited(boolean reached);

    /** A transaction whose connection was lost was done again, or went another way and was given up. */
    void replayed(boolean done);

    /** A client got an ERR packet of Sluice's own; {@code code} is one of {@link Errors}. */
    void ownError(int code);

    /** A client got an ERR packet of a server. */
    void serverError();

    /** A server has answered a command at that time, by the clock of {@link LoopScope#nanos}. */
    void heardFrom(BackendAddress backend, long nanos);

    /** The data path saw something wrong with a server. */
    void suspect(BackendAddress backend, String evidence);

    /** A statement did what its text did not promise: a replica refused it as a write, or reported a GTID. */
    void mispredicted(BackendAddress backend, String what);
}
