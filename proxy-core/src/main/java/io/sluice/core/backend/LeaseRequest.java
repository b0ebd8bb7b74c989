// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import org.jspecify.annotations.Nullable;

/** A session that asks a pool for a connection. Calls come on the pool's event loop. */
public interface LeaseRequest extends LeaseHolder {
    PoolKey poolKey();

    SessionVariables variables();

    @Nullable
    String schema();

    /** The answer to a request that could not be met at once; the lease is the caller's from now on. */
    void leased(BackendConnection connection);

    /** The other answer. */
    void leaseFailed(BackendPool pool, ConnectFailure failure);
}
