// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.AdminSettings.Role;

/**
 * Someone who is logged in to the admin port.
 *
 * @param connection its number, as the greeting told it; 0 for none
 * @param client from where
 */
public record AdminUser(long connection, String name, String client, Role role) {
    /** Nobody in particular. */
    static final AdminUser NOBODY = new AdminUser(0, "", "", Role.READ_ONLY);
}
