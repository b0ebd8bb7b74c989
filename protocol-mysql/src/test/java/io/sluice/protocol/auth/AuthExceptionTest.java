// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuthExceptionTest {

    @Test
    void has_an_error_of_servers_which_clients_of_mariadb_show_as_it_is() {
        assertThat(AuthException.unknownPlugin("mysql_old_password").error())
                .hasToString("ERROR 1251 (08004): Sluice: authentication plugin 'mysql_old_password': not supported");
        assertThat(new AuthException(AuthPlugin.MYSQL_CLEAR_PASSWORD, "why")
                        .error()
                        .code())
                .isEqualTo(1251);
    }
}
