// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;

class ParsecTest {
    @Test
    void the_seed_is_what_pbkdf2_makes_of_password_and_salt() throws GeneralSecurityException {
        byte[] salt = "eighteen bytes....".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int factor = 0; factor <= 3; factor++) {
            PBEKeySpec spec = new PBEKeySpec("secret".toCharArray(), salt, 1024 << factor, 256);
            byte[] expected = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
            assertThat(Parsec.seed(Password.of("secret"), factor, salt)).isEqualTo(expected);
        }
    }
}
