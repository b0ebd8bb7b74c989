// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The seeds of the keys that parsec makes of one password, each of which takes a millisecond or more, by what servers
 * sent of the account. Servers have one salt for an account, or one each, so a few are kept. Thread-safe.
 */
final class ParsecSeeds {
    private static final int KEPT = 16;

    private final Map<ByteBuffer, CompletableFuture<byte[]>> seeds = new LinkedHashMap<>();

    /** @param message of the form that {@link Parsec#requireKnown} demands */
    synchronized CompletableFuture<byte[]> of(byte[] message, byte[] utf8) {
        ByteBuffer account = ByteBuffer.wrap(message.clone());
        CompletableFuture<byte[]> known = seeds.get(account);
        if (known != null) {
            return known;
        }
        if (seeds.size() == KEPT) {
            seeds.remove(seeds.keySet().iterator().next());
        }
        int factor = message[1];
        byte[] salt = Arrays.copyOfRange(message, 2, message.length);
        CompletableFuture<byte[]> seed = CompletableFuture.supplyAsync(() -> Parsec.seed(utf8, factor, salt));
        seeds.put(account, seed);
        return seed;
    }

    synchronized void erase() {
        seeds.values().forEach(seed -> seed.thenAccept(bytes -> Arrays.fill(bytes, (byte) 0)));
        seeds.clear();
    }
}
