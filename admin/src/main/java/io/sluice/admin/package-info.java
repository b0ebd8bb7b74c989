// SPDX-License-Identifier: Apache-2.0
/**
 * The two ports for operators: HTTP for machines and the MySQL protocol for people. They see the proxy through
 * {@link io.sluice.core.view.ProxyView} alone. What an operator may ask is a table in each case, {@link
 * io.sluice.admin.HttpPages} and {@link io.sluice.admin.AdminStatements}: to add something is to add a line there.
 */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
