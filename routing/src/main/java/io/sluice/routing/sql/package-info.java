// SPDX-License-Identifier: Apache-2.0
/**
 * What the text of a statement tells: its class, the session effects to expect, its digest. The text only predicts;
 * the server's status flags and session trackers are the truth.
 */
@NullMarked
package io.sluice.routing.sql;

import org.jspecify.annotations.NullMarked;
