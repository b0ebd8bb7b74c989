// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;

/** What the admin port may do to the proxy. Any thread. */
public interface ProxyControl {

    /** Lets nobody in any more, waits for open transactions up to the limit, then closes the rest with an ERR packet. */
    void drain(Duration limit);
}
