// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class OneLineNameTest {
    @Test
    void has_the_order_of_the_certificate_and_openssls_names() {
        assertThat(OneLineName.of(new X500Principal("CN=client, OU=x, O=Example, L=Lund, ST=Skane, C=SE")))
                .isEqualTo("/C=SE/ST=Skane/L=Lund/O=Example/OU=x/CN=client");
        assertThat(OneLineName.of(new X500Principal("UID=u+CN=client,DC=example,DC=com")))
                .isIn("/DC=com/DC=example/UID=u/CN=client", "/DC=com/DC=example/CN=client/UID=u");
    }

    @Test
    void escapes_nothing_but_what_cannot_be_printed() {
        assertThat(OneLineName.of(new X500Principal("CN=\"a/b, \\\"c\\\"\", O=Bl\u00e5")))
                .isEqualTo("/O=Bl\\xC3\\xA5/CN=a/b, \"c\"");
    }

    @Test
    void an_attribute_without_a_name_has_its_number() {
        X500Principal name = new X500Principal(
                "MAIL=a@example.com, MINE=x", Map.of("MAIL", "1.2.840.113549.1.9.1", "MINE", "2.999.1234567890123.1"));
        assertThat(OneLineName.of(name)).isEqualTo("/2.999.1234567890123.1=x/emailAddress=a@example.com");
    }

    @Test
    void may_be_long_or_empty() {
        String text = "x".repeat(70_000);
        byte[] value = Der.element(0x30); // an empty name
        assertThat(OneLineName.of(new X500Principal(value))).isEmpty();
        assertThat(OneLineName.of(new X500Principal("CN=" + text)).getBytes(StandardCharsets.US_ASCII))
                .hasSize(text.length() + 4);
    }
}
