// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.codec.PacketWriter;

/**
 * One end of the pipe between a client whose password has expired and the connection to a server that it has for itself,
 * on which the server decides what may be done. Passes on bytes as they come, for as long as both sides stay. Confined
 * to the event loop of both.
 */
class Sandbox extends ChannelInboundHandlerAdapter {
    /** Of a header: the length of the payload, before the sequence id. */
    private static final int LENGTH_BITS = 24;

    private final Channel other;

    Sandbox(Channel other) {
        this.other = other;
    }

    /** Joins two channels that are in the command phase, each of which has nobody else to read it. */
    static void join(Channel client, Channel backend, String name) {
        backend.pipeline().addLast(name, new Sandbox(client));
        client.pipeline().addLast(name, new ClientEnd(backend));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        other.write(message, other.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        other.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // which ends the other side, too
    }

    /** Another login is for Sluice to judge, so it is not passed on. Of packets, no more than their begin is read. */
    private static final class ClientEnd extends Sandbox {
        private int headerBytes;
        private int header;
        private int payloadLeft;
        private boolean begins;

        ClientEnd(Channel backend) {
            super(backend);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (changesUser(bytes)) {
                bytes.release();
                ctx.writeAndFlush(ClientPackets.err(ctx.alloc(), Errors.expiredChangesNoUser(), 1))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                super.channelRead(ctx, bytes);
            }
        }

        private boolean changesUser(ByteBuf bytes) {
            int at = bytes.readerIndex();
            int end = bytes.writerIndex();
            while (at < end) {
                if (headerBytes < PacketWriter.HEADER_LENGTH) {
                    header |= bytes.getUnsignedByte(at++) << Byte.SIZE * headerBytes++;
                    payloadLeft = header & PacketWriter.MAX_PAYLOAD;
                    begins = header >>> LENGTH_BITS == 0; // commands have the sequence id 0
                } else {
                    if (begins && bytes.getUnsignedByte(at) == CommandCode.COM_CHANGE_USER.code()) {
                        return true;
                    }
                    begins = false;
                    int step = Math.min(payloadLeft, end - at);
                    payloadLeft -= step;
                    at += step;
                }
                if (headerBytes == PacketWriter.HEADER_LENGTH && payloadLeft == 0) {
                    headerBytes = 0;
                    header = 0;
                }
            }
            return false;
        }
    }
}
