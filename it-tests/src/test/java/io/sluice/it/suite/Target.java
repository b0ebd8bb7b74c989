// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import io.sluice.it.Endpoint;

/** Where an area's tests connect to. */
interface Target {
    Endpoint endpoint();
}
