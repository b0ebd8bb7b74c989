// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import io.sluice.it.suite.Area.Direct;
import io.sluice.it.suite.Area.ThroughSluice;
import org.junit.jupiter.api.Nested;

/** Ids and KILL, directly and through Sluice. */
class IdentityIT {
    @Nested
    class Directly extends IdentityTests implements Direct {}

    @Nested
    class Through extends IdentityTests implements ThroughSluice {}
}
