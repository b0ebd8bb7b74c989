// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

/** Which of the two families a server belongs to. */
public enum Flavor {
    MYSQL,
    MARIADB
}
