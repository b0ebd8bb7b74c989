// SPDX-License-Identifier: Apache-2.0
/**
 * The page for people: the servers and what goes to them, as a picture. Reading order: {@code Samples} remembers how
 * much was done when, {@code DashboardState} writes all of it as JSON, {@code Dashboard} has that and the page's files.
 */
@NullMarked
package io.sluice.admin.dashboard;

import org.jspecify.annotations.NullMarked;
