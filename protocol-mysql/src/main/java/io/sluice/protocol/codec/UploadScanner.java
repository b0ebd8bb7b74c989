// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of the file that a client sends for LOAD DATA LOCAL: the first empty packet (manual: "LOCAL INFILE
 * Request"). Only walks headers, and sets their sequence ids: clients that compress do not count them. Confined to the client's event loop.
 */
public final class UploadScanner {
    private int headerBytes;
    private int length;
    private int left;
    private int sequenceId;

    /** Starts over, before the first byte of an upload that answers a packet of this sequence id. */
    public void begin(int requestId) {
        sequenceId = requestId;
        headerBytes = 0;
        length = 0;
        left = 0;
    }

    /** How many of the readable bytes belong to the upload; {@link #isDone} tells whether its end is among them. */
    public int scan(ByteBuf chunk) {
        int position = chunk.readerIndex();
        int end = chunk.writerIndex();
        while (position < end && !isDone()) {
            if (left > 0) {
                int now = Math.min(left, end - position);
                position += now;
                left -= now;
                if (left == 0) {
                    headerBytes = 0;
                    length = 0;
                }
            } else {
                readHeaderByte(chunk, position++);
            }
        }
        return position - chunk.readerIndex();
    }

    public boolean isDone() {
        return headerBytes == PacketWriter.HEADER_LENGTH && length == 0;
    }

    /** What a packet of ours has to have that answers the upload. */
    public int nextSequenceId() {
        return (sequenceId + 1) & 0xff;
    }

    private void readHeaderByte(ByteBuf chunk, int position) {
        if (headerBytes < 3) {
            length |= chunk.getUnsignedByte(position) << (8 * headerBytes);
        } else {
            sequenceId = nextSequenceId();
            chunk.setByte(position, sequenceId);
        }
        headerBytes++;
        if (headerBytes == PacketWriter.HEADER_LENGTH) {
            left = length;
        }
    }
}
