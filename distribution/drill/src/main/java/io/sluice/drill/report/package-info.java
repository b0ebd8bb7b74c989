// SPDX-License-Identifier: Apache-2.0
/** What the clients of a drill saw: counted, and shown as a text, as JSON and as a picture. */
@NullMarked
package io.sluice.drill.report;

import org.jspecify.annotations.NullMarked;
