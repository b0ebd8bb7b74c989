// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RsaKeysTest {
    @TempDir
    Path directory;

    private Path privateFile() {
        return directory.resolve("private_key.pem");
    }

    private Path publicFile() {
        return directory.resolve("public_key.pem");
    }

    @Test
    void keys_are_made_once_and_serve_the_next_start() throws Exception {
        RsaKeys made = RsaKeys.kept(directory);
        RsaKeys read = RsaKeys.kept(directory);

        Scramble scramble = Scramble.of(new byte[Scramble.LENGTH]);
        byte[] encrypted = RsaKeys.encrypt(Password.of("secret"), scramble, made.publicPem());
        assertThat(read.decrypt(encrypted, scramble))
                .isEqualTo(Password.of("secret").nulTerminated());
        assertThat(Files.readAllBytes(publicFile())).isEqualTo(read.publicPem());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_public_key_that_was_lost_is_written_again() throws Exception {
        RsaKeys made = RsaKeys.kept(directory);
        Files.writeString(publicFile(), "another\n");
        RsaKeys.kept(directory);
        assertThat(Files.readAllBytes(publicFile())).isEqualTo(made.publicPem());
    }

    @Test
    void keys_are_made_when_they_are_needed_and_not_before() throws Exception {
        RsaKeySource source = RsaKeySource.kept(directory);
        assertThat(privateFile()).doesNotExist();
        byte[] made = source.get().join().publicPem();
        assertThat(Files.readAllBytes(publicFile())).isEqualTo(made);
        assertThat(RsaKeySource.kept(directory).get().join().publicPem()).isEqualTo(made);
    }

    @Test
    void a_failure_to_make_keys_is_not_for_ever() {
        AtomicInteger attempts = new AtomicInteger();
        RsaKeys keys = RsaKeys.generate();
        RsaKeySource source = RsaKeySource.madeBy(() -> attempts.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new IOException("disk full"))
                : CompletableFuture.completedFuture(keys));
        assertThat(source.get()).isCompletedExceptionally();
        assertThat(source.get()).isCompletedWithValue(keys);
        assertThat(source.get()).isCompletedWithValue(keys);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void a_damaged_key_is_not_replaced_but_explained() throws Exception {
        Files.writeString(privateFile(), "nothing\n");
        assertThatThrownBy(() -> RsaKeys.kept(directory))
                .hasMessageContaining(privateFile().toString())
                .hasMessageContaining("delete it");
        assertThat(privateFile()).hasContent("nothing\n");
    }
}
