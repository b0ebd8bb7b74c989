// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import io.sluice.it.suite.Area.ThroughSluice;
import org.junit.jupiter.api.Nested;

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
    class StateDetail extends StateDetailTests implements ThroughSluice {}

    @Nested
    class Reset extends ResetTests implements ThroughSluice {}

    @Nested
    class LoadData extends LoadDataTests implements ThroughSluice {}

    @Nested
    class Compression extends CompressionTests implements ThroughSluice {}

    @Nested
    class Charset extends CharsetTests implements ThroughSluice {}

    @Nested
    class MariaDbDriver extends MariaDbDriverTests implements ThroughSluice {}

    @Nested
    class Pool extends PoolTests implements ThroughSluice {}

    @Nested
    class Migration extends MigrationTests implements ThroughSluice {}

    @Nested
    class SpringTransaction extends SpringTransactionTests implements ThroughSluice {}

    @Nested
    class Hibernate extends HibernateTests implements ThroughSluice {}

    @Nested
    class VertxClient extends VertxClientTests implements ThroughSluice {}
}
