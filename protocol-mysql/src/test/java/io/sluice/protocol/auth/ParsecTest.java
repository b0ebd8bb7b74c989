// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
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
            assertThat(Parsec.seed(Password.of("secret").utf8(), factor, salt)).isEqualTo(expected);
        }
    }

    @Test
    void a_seed_is_made_once_for_a_salt_and_a_password() {
        byte[] message = new byte[2 + Parsec.SALT_LENGTH];
        message[0] = Parsec.PBKDF2;
        Password password = Password.of("secret");
        CompletableFuture<byte[]> seed = password.parsecSeed(message);
        assertThat(password.parsecSeed(message.clone())).isSameAs(seed);
        assertThat(seed.join()).isEqualTo(Parsec.seed(password.utf8(), 0, new byte[Parsec.SALT_LENGTH]));
        for (int salt = 1; salt < 100; salt++) {
            message[2] = (byte) salt;
            assertThat(password.parsecSeed(message.clone()).join()).isNotEqualTo(seed.join());
        }
        message[2] = 0;
        assertThat(password.parsecSeed(message)).as("few are kept").isNotSameAs(seed);
        password.become(Password.of("other"));
        assertThat(password.parsecSeed(message).join()).isNotEqualTo(seed.join());
        byte[] last = password.parsecSeed(message).join(); // one still being made is erased once it is
        password.erase();
        assertThat(last).containsOnly(0);
    }
}
