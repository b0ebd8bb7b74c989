// SPDX-License-Identifier: Apache-2.0
/**
 * Rules as users of ProxySQL know them from its table mysql_query_rules: which statements they match, and what is to
 * become of those. A {@link io.sluice.routing.rule.RuleSet} is compiled once and shared; each event loop asks it by a
 * {@link io.sluice.routing.rule.RuleMatcher} of its own.
 */
@NullMarked
package io.sluice.routing.rule;

import org.jspecify.annotations.NullMarked;
