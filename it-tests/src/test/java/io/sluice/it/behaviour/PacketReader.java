// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one packet in order. */
final class PacketReader {
    private final byte[] packet;
    private int at;

    PacketReader(byte[] packet) {
        this.packet = packet;
    }

    boolean hasMore() {
        return at < packet.length;
    }

    int peek() {
        return packet[at] & 0xFF;
    }

    PacketReader skip(int bytes) {
        at += bytes;
        return this;
    }

    /** A little-endian number of so many bytes. */
    long number(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (packet[at++] & 0xFFL) << (8 * i);
        }
        return value;
    }

    /** A length-encoded number. */
    long lenenc() {
        int first = (int) number(1);
        return switch (first) {
            case 0xFC -> number(2);
            case 0xFD -> number(3);
            case 0xFE -> number(8);
            default -> first;
        };
    }

    /** A length-encoded text or bytes; null for the NULL of a text row. */
    byte @Nullable [] field() {
        if (peek() == 0xFB) {
            at++;
            return null;
        }
        return bytes((int) lenenc());
    }

    byte[] bytes(int length) {
        at += length;
        return Arrays.copyOfRange(packet, at - length, at);
    }

    byte[] rest() {
        return bytes(packet.length - at);
    }

    /** Text up to a zero byte, which is skipped, or to the packet's end. */
    byte[] terminated() {
        int end = at;
        while (end < packet.length && packet[end] != 0) {
            end++;
        }
        byte[] text = Arrays.copyOfRange(packet, at, end);
        at = end + 1;
        return text;
    }

    /** UTF-8 where it is, every other byte as \xNN; long values by their beginning, length and checksum. */
    static String visible(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "NULL";
        }
        if (bytes.length > 4000) {
            return visible(Arrays.copyOf(bytes, 20)) + "...(" + bytes.length + " bytes, hash " + Arrays.hashCode(bytes)
                    + ")";
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.chars().noneMatch(c -> c < ' ' && c != '\n')) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // not UTF-8: byte by byte
        }
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b >= ' ' && b < 127 ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xFF));
        }
        return text.toString();
    }
}
