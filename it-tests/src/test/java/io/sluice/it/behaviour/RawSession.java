// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * A session whose packets are in the open: what it asks for at login is chosen by words, what comes back is for the
 * caller to read. Not safe for more than one thread.
 */
final class RawSession implements AutoCloseable {
    static final int CLIENT_FOUND_ROWS = 0x2;
    static final int CLIENT_CONNECT_WITH_DB = 0x8;
    static final int CLIENT_LOCAL_FILES = 0x80;
    static final int CLIENT_IGNORE_SPACE = 0x100;
    static final int CLIENT_PROTOCOL_41 = 0x200;
    static final int CLIENT_MULTI_STATEMENTS = 0x10000;
    static final int CLIENT_SESSION_TRACK = 0x800000;
    static final int CLIENT_DEPRECATE_EOF = 0x1000000;

    /** Long passwords, long flags, transactions, secure connection, multi results of both protocols, plugin names. */
    private static final int ALWAYS = 0x1 | 0x4 | 0x2000 | 0x8000 | 0x20000 | 0x40000 | 0x80000;

    private static final int WHOLE = 0xFFFFFF;
    private static final int PATIENCE_MILLIS = 15_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Greeting greeting;
    private final int capabilities;
    private int sequence;

    /** What a server says first. */
    record Greeting(String version, long id, byte[] nonce, int capabilities, int collation, int status, String plugin) {

        /** Without what is of this connection alone. */
        String toText() {
            return "version %s capabilities %x collation %d status %d plugin %s"
                    .formatted(version, capabilities, collation, status, plugin);
        }

        static Greeting of(PacketReader packet) {
            packet.skip(1);
            String version = PacketReader.visible(packet.terminated());
            long id = packet.number(4);
            byte[] nonce = Arrays.copyOf(packet.bytes(8), 20);
            packet.skip(1);
            int low = (int) packet.number(2);
            int collation = (int) packet.number(1);
            int status = (int) packet.number(2);
            int capabilities = low | (int) packet.number(2) << 16;
            packet.skip(11);
            System.arraycopy(packet.bytes(13), 0, nonce, 8, 12);
            String plugin = PacketReader.visible(packet.terminated());
            return new Greeting(version, id, nonce, capabilities, collation, status, plugin);
        }
    }

    /** Connects; words such as found_rows, eof, track, local, ignore_space and single change what is asked for. */
    RawSession(int port, String schema, Set<String> words) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
        byte[] first = read();
        if ((first[0] & 0xFF) == 0xFF) {
            throw new IOException("refused: " + PacketReader.visible(first));
        }
        greeting = Greeting.of(new PacketReader(first));
        int wanted = ALWAYS | CLIENT_PROTOCOL_41 | CLIENT_CONNECT_WITH_DB;
        wanted |= words.contains("found_rows") ? CLIENT_FOUND_ROWS : 0;
        wanted |= words.contains("ignore_space") ? CLIENT_IGNORE_SPACE : 0;
        wanted |= words.contains("local") ? CLIENT_LOCAL_FILES : 0;
        wanted |= words.contains("track") ? CLIENT_SESSION_TRACK : 0;
        wanted |= words.contains("single") ? 0 : CLIENT_MULTI_STATEMENTS;
        wanted |= words.contains("eof") ? 0 : CLIENT_DEPRECATE_EOF;
        capabilities = wanted & greeting.capabilities | CLIENT_PROTOCOL_41;
        login(collation(words), schema);
    }

    Greeting greeting() {
        return greeting;
    }

    boolean has(int capability) {
        return (capabilities & capability) != 0;
    }

    /** By default that of the server, else one that differs from it. */
    private int collation(Set<String> words) {
        if (words.contains("latin1")) {
            return 8;
        }
        if (words.contains("gbk")) {
            return 28;
        }
        return words.contains("unicode_ci") ? 224 : greeting.collation;
    }

    private void login(int collation, String schema) throws IOException {
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        number(response, capabilities, 4);
        number(response, 1 << 30, 4);
        response.write(collation);
        response.write(new byte[23]);
        response.write(("app\0").getBytes(StandardCharsets.UTF_8));
        byte[] proof = Passwords.proof(greeting.plugin, "app", greeting.nonce);
        response.write(proof.length);
        response.write(proof);
        response.write((schema + "\0" + greeting.plugin + "\0").getBytes(StandardCharsets.UTF_8));
        write(response.toByteArray());
        byte[] end = authenticate("app", greeting.nonce);
        if ((end[0] & 0xFF) == 0xFF) {
            throw new IOException("login refused: " + PacketReader.visible(end));
        }
    }

    /** Answers whatever the server asks about the password; the packet that ends it: OK or ERR. */
    byte[] authenticate(String password, byte[] firstNonce) throws IOException {
        byte[] nonce = firstNonce;
        while (true) {
            byte[] packet = read();
            int kind = packet[0] & 0xFF;
            if (kind == 0xFE) { // another plugin
                PacketReader other = new PacketReader(packet).skip(1);
                String plugin = PacketReader.visible(other.terminated());
                nonce = Arrays.copyOf(other.rest(), 20);
                write(Passwords.proof(plugin, password, nonce));
            } else if (kind == 1 && packet[1] == 4) { // the whole password: by the server's key
                write(new byte[] {2});
                byte[] key = read();
                write(Passwords.encrypted(password, nonce, Arrays.copyOfRange(key, 1, key.length)));
            } else if (kind != 1) {
                return packet;
            }
        }
    }

    /** Starts a command: sequence numbers begin anew. */
    void command(int code, byte[] body) throws IOException {
        byte[] payload = new byte[body.length + 1];
        payload[0] = (byte) code;
        System.arraycopy(body, 0, payload, 1, body.length);
        sequence = 0;
        write(payload);
    }

    /** Writes a payload as it has to be, in packets of at most 16 MB - 1. */
    void write(byte[] payload) throws IOException {
        int sent = 0;
        int length;
        do {
            length = Math.min(WHOLE, payload.length - sent);
            byte[] header = {(byte) length, (byte) (length >> 8), (byte) (length >> 16), (byte) sequence++};
            byte[] packet = Arrays.copyOf(header, 4 + length);
            System.arraycopy(payload, sent, packet, 4, length);
            out.write(packet);
            sent += length;
        } while (length == WHOLE);
        out.flush();
    }

    /** Reads a payload, out of as many packets as it came in. */
    byte[] read() throws IOException {
        byte[] payload = {};
        int length;
        do {
            int header = Integer.reverseBytes(in.readInt());
            sequence = (header >>> 24) + 1;
            length = header & WHOLE;
            int before = payload.length;
            payload = Arrays.copyOf(payload, before + length);
            in.readFully(payload, before, length);
        } while (length == WHOLE);
        return payload;
    }

    static void number(ByteArrayOutputStream bytes, long value, int length) {
        for (int i = 0; i < length; i++) {
            bytes.write((int) (value >> (8 * i)));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
