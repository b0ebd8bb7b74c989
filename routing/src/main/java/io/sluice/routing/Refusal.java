// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

/** What the proxy will not forward at all. */
public enum Refusal {
    /** Would change who is the source, or destroy its history, behind the monitor's back. */
    FENCING
}
