// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyHeaderFuzzTest {
    /** Counts what it hears. */
    private static final class Counting implements ProxyHeaderReader.Listener {
        int told;
        int malformed;

        @Override
        public void told(@Nullable InetSocketAddress client) {
            told++;
        }

        @Override
        public void absent() {
            throw new AssertionError("nobody waited");
        }

        @Override
        public void malformed(String reason) {
            malformed++;
        }
    }

    @Test
    void a_peer_has_one_header_or_is_closed_whatever_it_sends() throws InterruptedException {
        byte[][] headers = ProxyHeaderReaderTest.HEADERS;
        Fuzz.of("PROXY protocol headers", (random, allocator) -> {
                    byte[] header = Mutations.of(headers[random.nextInt(headers.length)], random);
                    byte[] bytes = Arrays.copyOf(header, header.length + random.nextInt(3));
                    EmbeddedChannel channel = new EmbeddedChannel();
                    channel.config().setAllocator(allocator);
                    Counting heard = new Counting();
                    ProxyHeaderReader.add(channel, Duration.ofSeconds(10), heard);
                    int start = 0;
                    for (int end : Mutations.cuts(bytes.length, random)) {
                        if (channel.isOpen()) {
                            channel.writeInbound(allocator.buffer(end - start).writeBytes(bytes, start, end - start));
                        }
                        start = end;
                    }
                    boolean open = channel.isOpen();
                    channel.finishAndReleaseAll();
                    assertThat(heard.told + heard.malformed).isLessThanOrEqualTo(1);
                    assertThat(heard.malformed == 0).isEqualTo(open);
                    return bytes.length;
                })
                .run();
    }
}
