// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import io.sluice.it.suite.Area.ThroughSluice;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The suite run through Sluice. */
class ThroughSluiceIT {
    @Nested
    class Connecting extends ConnectingTests implements ThroughSluice {}

    @Nested
    class TextProtocol extends TextProtocolTests implements ThroughSluice {}

    @Nested
    class Transaction extends TransactionTests implements ThroughSluice {}

    @Nested
    class PreparedStatement extends PreparedStatementTests implements ThroughSluice {}

    @Nested
    class QueryAttribute extends QueryAttributeTests implements ThroughSluice {}

    @Nested
    class MultiResult extends MultiResultTests implements ThroughSluice {}

    @Nested
    class LargeData extends LargeDataTests implements ThroughSluice {}

    @Nested
    class SessionState extends SessionStateTests implements ThroughSluice {}

    @Nested
    class Reset extends ResetTests implements ThroughSluice {}

    @Nested
    class LoadData extends LoadDataTests implements ThroughSluice {}

    @Nested
    class Charset extends CharsetTests implements ThroughSluice {
        @Test
        @Override
        @DisabledIfSystemProperty(
                named = "sluice.it.flavor",
                matches = "9\\.7|8\\.0",
                disabledReason = "collations above 255 do not fit the handshake and are not carried yet")
        void a_collation_beyond_255_is_understood() throws SQLException {
            super.a_collation_beyond_255_is_understood();
        }
    }

    @Nested
    class MariaDbDriver extends MariaDbDriverTests implements ThroughSluice {}
}
