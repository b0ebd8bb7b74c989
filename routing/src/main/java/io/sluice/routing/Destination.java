// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

/** What a statement was forwarded to, for metrics. */
public enum Destination {
    SOURCE,
    REPLICA
}
