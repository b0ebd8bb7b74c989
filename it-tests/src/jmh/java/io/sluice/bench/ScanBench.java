// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.ResponseScanner;
import io.sluice.protocol.response.TerminalPacket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to find the end of a result set of 100-byte rows that came in one chunk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScanBench implements ResponseScanner.Sink {
    private static final int ROW_BYTES = 100;

    /** Rows of the result; 600 fill a chunk of 64 KiB. */
    @Param({"1", "600"})
    public int rows = 1;

    private final ResponseScanner scanner = new ResponseScanner();
    private @Nullable ByteBuf response;
    private long relayed;

    @Benchmark
    public long resultSet() {
        ByteBuf chunk = response == null ? response = result() : response;
        scanner.begin(ResponseKind.RESULT, true);
        ByteBuf rest = scanner.scan(chunk.retainedDuplicate(), this, PooledByteBufAllocator.DEFAULT);
        if (!scanner.isDone() || rest != null) {
            throw new AssertionError("the result set did not end with the chunk");
        }
        return relayed;
    }

    @Override
    public void relay(ByteBuf bytes) {
        relayed += bytes.readableBytes();
        bytes.release();
    }

    @Override
    public @Nullable ByteBuf terminal(TerminalPacket packet, ByteBuf payload, int sequenceId) {
        return null;
    }

    /** One column; rows; the OK packet that ends them since EOF packets are deprecated. */
    private ByteBuf result() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer();
        int sequence = 1;
        out.writeMediumLE(1).writeByte(sequence++).writeByte(1);
        out.writeMediumLE(50).writeByte(sequence++).writeByte(3).writeZero(49);
        for (int i = 0; i < rows; i++) {
            out.writeMediumLE(ROW_BYTES).writeByte(sequence++).writeByte(ROW_BYTES - 1).writeZero(ROW_BYTES - 1);
        }
        return out.writeMediumLE(7).writeByte(sequence).writeByte(0xfe).writeZero(2).writeShortLE(2).writeZero(2);
    }
}
