// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a client sends in frames: the same comes out of it wherever the network cuts it. */
class FrameFuzzTest {
    /** A frame may announce so many bytes, and they are there before it turns out that they are not. */
    private static final int ONE_FRAME = 1 << 24;

    private static final class Outcome {
        final ByteBuf plain = Unpooled.buffer();
        String end = "";
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void what_comes_out_of_frames_does_not_depend_on_chunks(Compression compression) throws InterruptedException {
        Fuzz.of(compression + " frames", (random, allocator) -> {
                    byte[] input =
                            Mutations.of(Mutations.shuffled(frames(compression, random, allocator), random), random);
                    Outcome whole = read(compression, input, new int[] {input.length}, allocator);
                    Outcome cut = read(compression, input, Mutations.cuts(input.length, random), allocator);
                    String hex = ByteBufUtil.hexDump(input);
                    assertThat(cut.end).as(hex).isEqualTo(whole.end);
                    assertThat(cut.plain).as(hex).isEqualTo(whole.plain);
                    return input.length;
                })
                .allocatingAtMost(8L * ONE_FRAME)
                .slow()
                .run();
    }

    private static byte[][] frames(Compression compression, Random random, ByteBufAllocator allocator) {
        FrameSequence sequence = new FrameSequence();
        FrameWriter writer = new FrameWriter(compression, 1 + random.nextInt(4), sequence);
        byte[][] frames = new byte[1 + random.nextInt(4)][];
        for (int i = 0; i < frames.length; i++) {
            byte[] bytes = Mutations.random(1 + random.nextInt(random.nextBoolean() ? 100 : 2000), random);
            Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
            writer.add(Unpooled.wrappedBuffer(bytes), allocator);
            ByteBuf out = Unpooled.buffer();
            writer.write(allocator, frame -> {
                out.writeBytes(frame);
                frame.release();
            });
            frames[i] = ByteBufUtil.getBytes(out);
        }
        return frames;
    }

    private static Outcome read(Compression compression, byte[] input, int[] ends, ByteBufAllocator allocator) {
        FrameReader reader = new FrameReader(compression, new FrameSequence());
        Outcome outcome = new Outcome();
        int start = 0;
        try {
            for (int end : ends) {
                reader.feed(allocator.buffer(end - start).writeBytes(input, start, end - start), allocator);
                for (ByteBuf plain = reader.next(allocator); plain != null; plain = reader.next(allocator)) {
                    outcome.plain.writeBytes(plain);
                    plain.release();
                }
                start = end;
            }
        } catch (ProtocolException e) {
            outcome.end = e.getMessage();
        } finally {
            reader.close();
        }
        return outcome;
    }
}
