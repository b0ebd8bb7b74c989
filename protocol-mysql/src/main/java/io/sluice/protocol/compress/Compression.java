// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import com.github.luben.zstd.util.Native;
import io.netty.util.concurrent.FastThreadLocal;
import io.sluice.protocol.Capabilities;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An algorithm of the compressed protocol. */
public enum Compression {
    ZLIB(Capabilities.CLIENT_COMPRESS, ZlibCompressor::new),
    ZSTD(Capabilities.CLIENT_ZSTD_COMPRESSION_ALGORITHM, ZstdCompressor::new);

    private final int capability;

    @SuppressWarnings("ImmutableEnumChecker") // each event loop has its own behind it
    private final FastThreadLocal<Compressor> compressors;

    Compression(int capability, Supplier<Compressor> make) {
        this.capability = capability;
        this.compressors = new FastThreadLocal<>() {
            @Override
            protected Compressor initialValue() {
                return make.get();
            }

            @Override
            protected void onRemoval(Compressor ended) {
                ended.close();
            }
        };
    }

    /** What client and server have agreed on: zlib where both are, as clients take it. */
    public static Optional<Compression> of(Capabilities negotiated) {
        for (Compression compression : values()) {
            if (negotiated.has(compression.capability)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /** The flag in greeting and handshake response. */
    public int capability() {
        return capability;
    }

    /** Why this cannot be used here, since zstd is native code; null if it can. Loads it: not for event loops. */
    public @Nullable String obstacle() {
        return this == ZLIB ? null : Library.OBSTACLE;
    }

    /** All sessions of a thread share one, with its native memory: each frame is compressed by itself. */
    Compressor compressor() {
        return compressors.get();
    }

    /** Loads the native library once, when it is first asked for. */
    private static final class Library {
        static final @Nullable String OBSTACLE = load();

        private static @Nullable String load() {
            try {
                Native.load();
                return null;
            } catch (LinkageError | RuntimeException e) { // no library for this system, or no directory to unpack it
                return e.toString();
            }
        }
    }
}
