// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import io.sluice.it.suite.Area.Direct;
import org.junit.jupiter.api.Nested;

/** The suite run directly against the source: what it proves about the tests themselves. */
class DirectIT {
    @Nested
    class Connecting extends ConnectingTests implements Direct {}

    @Nested
    class TextProtocol extends TextProtocolTests implements Direct {}

    @Nested
    class Transaction extends TransactionTests implements Direct {}

    @Nested
    class PreparedStatement extends PreparedStatementTests implements Direct {}

    @Nested
    class QueryAttribute extends QueryAttributeTests implements Direct {}

    @Nested
    class MultiResult extends MultiResultTests implements Direct {}

    @Nested
    class LargeData extends LargeDataTests implements Direct {}

    @Nested
    class SessionState extends SessionStateTests implements Direct {}

    @Nested
    class StateDetail extends StateDetailTests implements Direct {}

    @Nested
    class Reset extends ResetTests implements Direct {}

    @Nested
    class LoadData extends LoadDataTests implements Direct {}

    @Nested
    class Compression extends CompressionTests implements Direct {}

    @Nested
    class Charset extends CharsetTests implements Direct {}

    @Nested
    class MariaDbDriver extends MariaDbDriverTests implements Direct {}

    @Nested
    class Pool extends PoolTests implements Direct {}

    @Nested
    class Migration extends MigrationTests implements Direct {}

    @Nested
    class SpringTransaction extends SpringTransactionTests implements Direct {}

    @Nested
    class Hibernate extends HibernateTests implements Direct {}

    @Nested
    class VertxClient extends VertxClientTests implements Direct {}
}
