// SPDX-License-Identifier: Apache-2.0
package io.sluice.it;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A client that speaks the protocol byte by byte, for what no driver would send. Logs in by caching_sha2_password's
 * fast path only, which a proxy that knows the password always takes.
 */
public final class WireClient implements AutoCloseable {
    private static final int CLIENT_LONG_PASSWORD = 0x1;
    private static final int CLIENT_CONNECT_WITH_DB = 0x8;
    private static final int CLIENT_PROTOCOL_41 = 0x200;
    private static final int CLIENT_TRANSACTIONS = 0x2000;
    private static final int CLIENT_SECURE_CONNECTION = 0x8000;
    private static final int CLIENT_MULTI_STATEMENTS = 0x10000;
    private static final int CLIENT_MULTI_RESULTS = 0x20000;
    private static final int CLIENT_PLUGIN_AUTH = 0x80000;
    private static final int ERR = 0xFF;
    private static final int AUTH_MORE = 1;
    private static final int FAST_AUTH_OK = 3;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int sequence;

    public WireClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects and logs in as app. */
    public static WireClient loggedIn(int port) throws IOException {
        WireClient client = new WireClient(port);
        client.login("app", "app", "app");
        return client;
    }

    public void login(String user, String password, String schema) throws IOException {
        byte[] nonce = nonceOf(readPacket());
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        int flags = CLIENT_LONG_PASSWORD
                | CLIENT_CONNECT_WITH_DB
                | CLIENT_PROTOCOL_41
                | CLIENT_TRANSACTIONS
                | CLIENT_SECURE_CONNECTION
                | CLIENT_MULTI_STATEMENTS
                | CLIENT_MULTI_RESULTS
                | CLIENT_PLUGIN_AUTH;
        writeInt(response, flags);
        writeInt(response, 1 << 24);
        response.write(45); // utf8mb4_general_ci
        response.write(new byte[23]);
        response.write((user + "\0").getBytes(StandardCharsets.UTF_8));
        byte[] scramble = scramble(password, nonce);
        response.write(scramble.length);
        response.write(scramble);
        response.write((schema + "\0caching_sha2_password\0").getBytes(StandardCharsets.UTF_8));
        sequence = 1;
        writePacket(response.toByteArray());
        byte[] answer = readPacket();
        if (answer[0] == AUTH_MORE && answer[1] == FAST_AUTH_OK) {
            answer = readPacket();
        }
        if (answer[0] != 0) {
            throw new IOException("login refused: " + describe(answer));
        }
    }

    /** Starts a new command: sequence ids begin at 0. */
    public void command(int code, byte[] body) throws IOException {
        byte[] payload = new byte[body.length + 1];
        payload[0] = (byte) code;
        System.arraycopy(body, 0, payload, 1, body.length);
        sequence = 0;
        writePacket(payload);
    }

    public void query(String sql) throws IOException {
        command(3, sql.getBytes(StandardCharsets.UTF_8));
    }

    public void writePacket(byte[] payload) throws IOException {
        byte[] packet = new byte[payload.length + 4];
        packet[0] = (byte) payload.length;
        packet[1] = (byte) (payload.length >> 8);
        packet[2] = (byte) (payload.length >> 16);
        packet[3] = (byte) sequence;
        System.arraycopy(payload, 0, packet, 4, payload.length);
        sendRaw(packet);
    }

    /** Bytes as they are, a packet or not. */
    public void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public byte[] readPacket() throws IOException {
        int header = Integer.reverseBytes(in.readInt());
        sequence = (header >>> 24) + 1;
        byte[] payload = new byte[header & 0xFFFFFF];
        in.readFully(payload);
        return payload;
    }

    /** Reads until the peer closes; true if it did within the socket's patience, false if it still listens. */
    public boolean isClosedByPeer() throws IOException {
        try {
            while (in.read() >= 0) {
                // what was still on its way
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException | EOFException e) {
            return true; // reset is closed, too
        }
    }

    public void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    public static boolean isError(byte[] packet) {
        return packet.length > 0 && (packet[0] & 0xFF) == ERR;
    }

    public static int errorCode(byte[] packet) {
        return isError(packet) ? (packet[1] & 0xFF) | (packet[2] & 0xFF) << 8 : 0;
    }

    /** An ERR packet as code and text, for messages. */
    public static String describe(byte[] packet) {
        return isError(packet)
                ? errorCode(packet) + " " + new String(packet, 3, packet.length - 3, StandardCharsets.UTF_8)
                : "packet " + Arrays.toString(Arrays.copyOf(packet, Math.min(packet.length, 40)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Protocol 10: version text, connection id, 8 bytes of nonce, filler, flags .. reserved, 12 more bytes. */
    private static byte[] nonceOf(byte[] greeting) {
        if (isError(greeting)) {
            throw new IllegalStateException(describe(greeting));
        }
        int at = 1;
        while (greeting[at] != 0) {
            at++;
        }
        at += 5;
        byte[] nonce = Arrays.copyOfRange(greeting, at, at + 20);
        System.arraycopy(greeting, at + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10, nonce, 8, 12);
        return nonce;
    }

    /** SHA256(password) xor SHA256(SHA256(SHA256(password)), nonce). */
    private static byte[] scramble(String password, byte[] nonce) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] once = sha.digest(password.getBytes(StandardCharsets.UTF_8));
            sha.update(sha.digest(once));
            byte[] mask = sha.digest(nonce);
            for (int i = 0; i < mask.length; i++) {
                mask[i] ^= once[i];
            }
            return mask;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static void writeInt(ByteArrayOutputStream bytes, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            bytes.write(value >> shift);
        }
    }
}
