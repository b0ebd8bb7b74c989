// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The hashes were made by a MySQL 9.7 server. */
class PasswordHashTest {
    private static final String LONG = "pässword longer than thirty-two bytes, 012345678901234567890123456789";

    @Test
    void of_caching_sha2_password_fits_its_password_only() {
        PasswordHash hash =
                hash("0x244124303041241B6F654C4A1F59610D55424A683B0F476E1363216E6A326F463330522F5349737A755A3836"
                        + "756156565174362F466A5265525464426F4757306F4A2F6C7532");
        assertThat(hash.fits(Password.of("first"))).isTrue();
        assertThat(hash.fits(Password.of("First"))).isFalse();
        assertThat(hash.fits(Password.EMPTY)).isFalse();
        assertThat(hash.nativeDigest()).isEmpty();
    }

    @Test
    void of_caching_sha2_password_fits_a_password_longer_than_a_digest() {
        PasswordHash hash =
                hash("0x244124303041243C16697A267B57737064185B09763D65533A4D63596A774452684A347A373555446438796F"
                        + "6B66755561304E69506F59504C334B534D634D78706E62536A33");
        assertThat(hash.fits(Password.of(LONG))).isTrue();
        assertThat(hash.fits(Password.of(LONG + "!"))).isFalse();
    }

    @Test
    void of_mysql_native_password_fits_its_password_only() {
        PasswordHash hash = hash("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"); // SELECT PASSWORD('password')
        assertThat(hash.fits(Password.of("password"))).isTrue();
        assertThat(hash.fits(Password.of("passwort"))).isFalse();
        assertThat(hash.nativeDigest().orElseThrow()).hasSize(20);
        assertThat(hash("*2470c0c06dee42fd1618bb99005adca2ec9d1e19")).isEqualTo(hash);
        assertThat(hash.stored()).isEqualTo("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }

    @Test
    void may_be_the_stored_text_itself() {
        String stored = "$A$005$" + "saltsaltsaltsaltsalt" + "nj2oF30R/SIszuZ86uaVVQt6/FjReRTdBoGW0oJ/lu2";
        assertThat(hash(stored)).isEqualTo(hash(stored)).isNotEqualTo(hash(stored.replace("005", "006")));
        assertThat(hash(stored).fits(Password.of("first"))).isFalse();
    }

    @Test
    void is_nothing_else() {
        assertThat(PasswordHash.parse("secret")).isEmpty();
        assertThat(PasswordHash.parse("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1"))
                .isEmpty();
        assertThat(PasswordHash.parse("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1G"))
                .isEmpty();
        assertThat(PasswordHash.parse("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1９"))
                .isEmpty();
        assertThat(PasswordHash.parse("$A$000$saltsaltsaltsaltsaltnj2oF30R/SIszuZ86uaVVQt6/FjReRTdBoGW0oJ/lu2"))
                .isEmpty();
        assertThat(PasswordHash.parse("0x2441")).isEmpty();
        assertThat(PasswordHash.parse("")).isEmpty();
    }

    private static PasswordHash hash(String text) {
        return PasswordHash.parse(text).orElseThrow();
    }
}
