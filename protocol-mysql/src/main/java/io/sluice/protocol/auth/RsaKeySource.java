// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The RSA keys of a directory, read at once where they are. Where they are not, they are made when somebody first
 * needs them, which few clients do: it takes a second of a JVM that has just started. Any thread.
 */
public final class RsaKeySource {
    private final Supplier<CompletableFuture<RsaKeys>> maker;
    private @Nullable CompletableFuture<RsaKeys> keys;

    private RsaKeySource(Supplier<CompletableFuture<RsaKeys>> maker) {
        this.maker = maker;
    }

    /** Keys that are there already. */
    public static RsaKeySource of(RsaKeys keys) {
        return madeBy(() -> CompletableFuture.completedFuture(keys));
    }

    /** Keys that this supplier begins to make, once unless it fails; it must not block. */
    public static RsaKeySource madeBy(Supplier<CompletableFuture<RsaKeys>> maker) {
        return new RsaKeySource(maker);
    }

    /**
     * Those kept in that directory. Blocks: not on an event loop.
     *
     * @throws IOException if they can not be used, or will not be kept; the message says which file, why, what to do
     */
    public static RsaKeySource kept(Path directory) throws IOException {
        if (RsaKeys.areIn(directory)) {
            return of(RsaKeys.kept(directory));
        }
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new IOException("can not keep an RSA key in " + directory
                    + ", which this user may not write to; change its owner, or set another data_dir");
        }
        return madeBy(() -> CompletableFuture.supplyAsync(() -> make(directory)));
    }

    private static RsaKeys make(Path directory) {
        try {
            return RsaKeys.kept(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to make them if nobody did; never blocks. After a failure, the next call tries again. */
    public synchronized CompletableFuture<RsaKeys> get() {
        CompletableFuture<RsaKeys> current = keys;
        if (current == null || current.isCompletedExceptionally()) {
            current = maker.get();
            keys = current;
        }
        return current;
    }
}
