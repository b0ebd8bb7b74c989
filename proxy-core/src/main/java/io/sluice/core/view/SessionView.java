// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;

/**
 * One client as an operator sees it.
 *
 * @param id the connection id that the client was told
 * @param client its address
 * @param state the session's state by name, such as Idle or Relaying
 * @param pins why it keeps its connection; empty when it keeps none
 * @param backend the server of its lease; empty when it has none
 * @param thread the server's id of that lease, which its process list shows; 0 when there is none
 * @param statement what runs, or waits to, without its literals; empty if nothing
 * @param idle since its last command
 */
public record SessionView(
        long id,
        String user,
        String client,
        String schema,
        String state,
        String pins,
        String backend,
        long thread,
        String statement,
        Duration idle) {}
