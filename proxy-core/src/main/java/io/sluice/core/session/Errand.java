// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A command with all that decides where it goes and how its response is read.
 *
 * @param prepared the statement that it executes; null if it has a text of its own, or none
 */
record Errand(
        Command command,
        Statement statement,
        Direction direction,
        ResponseKind kind,
        @Nullable Prepared prepared) {}
