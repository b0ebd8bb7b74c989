// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.AdminSettings.Role;

/**
 * Someone who is logged in to the admin port.
 *
 * @param client from where
 */
public record AdminUser(String name, String client, Role role) {}
