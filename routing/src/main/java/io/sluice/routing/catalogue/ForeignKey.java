// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

/** What changes in one table change in another: ON DELETE or ON UPDATE with CASCADE, SET NULL or SET DEFAULT. */
public record ForeignKey(String parentSchema, String parent, String childSchema, String child) {}
