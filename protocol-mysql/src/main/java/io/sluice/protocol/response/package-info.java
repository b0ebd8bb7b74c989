// SPDX-License-Identifier: Apache-2.0
/** Finds the end of a response, and the server's word about state, without decoding its rows. */
@NullMarked
package io.sluice.protocol.response;

import org.jspecify.annotations.NullMarked;
