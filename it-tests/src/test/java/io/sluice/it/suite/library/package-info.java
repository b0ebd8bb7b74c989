// SPDX-License-Identifier: Apache-2.0
/** The entities that HibernateTests stores: authors with books, and works of which novels are a kind. */
@NullMarked
package io.sluice.it.suite.library;

import org.jspecify.annotations.NullMarked;
