// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.AuthPlugin;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.auth.Scramble;
import io.sluice.protocol.auth.ServerAuth;
import io.sluice.protocol.packet.AuthSwitchRequest;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who is that? The part of the connection phase that a first login and COM_CHANGE_USER share: choice of the plugin,
 * at most one auth switch, the plugin's exchange, the verdict. A user that does not exist takes the same course with
 * a decoy. Made for one attempt; confined to the connection's event loop.
 */
final class ServerAuthentication {
    /**
     * What the client said of itself, not proven yet.
     *
     * @param secure whether nobody can listen in
     */
    record Claim(
            String user,
            @Nullable String schema,
            Capabilities capabilities,
            int collation,
            Map<String, String> attributes,
            int zstdLevel,
            boolean secure) {}

    private final Claim claim;
    private final SocketAddress client;
    private final @Nullable Account account;
    private final Credentials credentials;
    private final RsaKeySource keys;
    private final AuthPlugin offered;
    private AuthPlugin wanted;
    private Scramble scramble;
    private @Nullable ServerAuth exchange;
    private boolean switching;
    /** The last chance, and whether it is gone: clients expect one auth switch at most. */
    private boolean switched;

    private boolean passwordGiven;

    ServerAuthentication(
            Claim claim, SocketAddress client, Accounts accounts, ServerSettings settings, Scramble scramble) {
        this.claim = claim;
        this.client = client;
        this.account = accounts.find(claim.user(), client);
        this.credentials = account == null ? accounts.decoy() : account.credentials();
        this.keys = settings.rsaKeys();
        this.offered = settings.plugin();
        // Every account can check caching_sha2_password.
        this.wanted = credentials.canCheckNative() ? settings.plugin() : AuthPlugin.CACHING_SHA2_PASSWORD;
        this.scramble = scramble;
    }

    /** Starts with the data that the client's plugin made from the scramble. */
    ServerStep begin(String pluginName, byte[] data, RandomGenerator random) {
        boolean named = claim.capabilities().has(Capabilities.CLIENT_PLUGIN_AUTH);
        AuthPlugin plugin = named ? AuthPlugin.named(pluginName) : AuthPlugin.MYSQL_NATIVE_PASSWORD;
        if (plugin == AuthPlugin.MYSQL_CLEAR_PASSWORD && !claim.secure()) {
            return new ServerStep.Refused(HandshakeErrors.clearPasswordNotSecure());
        }
        if (plugin != null && credentials.canCheck(plugin)) {
            if (plugin == AuthPlugin.PARSEC || (data.length == 0 && plugin != offered)) {
                // The client does not have the plugin of the greeting, nor made a proof for its own from a scramble
                // that was not meant for it: it asks for a switch. One without a password answers the same again.
                boolean inVain = plugin == AuthPlugin.MYSQL_NATIVE_PASSWORD && !credentials.canCheckNative();
                wanted = inVain ? wanted : plugin;
                return switchPlugin(random);
            }
            ServerStep step = start(plugin, Unpooled.wrappedBuffer(data));
            if (step instanceof ServerStep.Refused && mayStillShowPassword(plugin)) {
                wanted = AuthPlugin.CACHING_SHA2_PASSWORD;
                return switchPlugin(random);
            }
            return step;
        }
        return named ? switchPlugin(random) : new ServerStep.Refused(HandshakeErrors.clientWithoutAuthPlugins());
    }

    /** A digest that does not fit is no verdict where the password itself can be judged. */
    private boolean mayStillShowPassword(AuthPlugin plugin) {
        return plugin == AuthPlugin.MYSQL_NATIVE_PASSWORD
                && credentials.isOpen()
                && passwordGiven
                && !switched
                && claim.capabilities().has(Capabilities.CLIENT_PLUGIN_AUTH);
    }

    /** Asks for another plugin, with a scramble of its own. */
    ServerStep switchPlugin(RandomGenerator random) {
        scramble = Scramble.random(random, wanted.scrambleLength());
        switching = true;
        switched = true;
        ByteBuf out = Unpooled.buffer(64);
        new AuthSwitchRequest(wanted.pluginName(), scramble.bytes()).write(out);
        return new ServerStep.Send(ByteBufUtil.getBytes(out));
    }

    /** Takes the client's next packet. */
    ServerStep receive(ByteBuf payload) {
        if (switching) {
            switching = false;
            return start(wanted, payload);
        }
        if (exchange == null) {
            throw new IllegalStateException("the authentication has not begun");
        }
        CompletableFuture<?> missing = exchange.missing();
        return missing == null ? judge(exchange.respond(payload)) : new ServerStep.Await(missing);
    }

    private ServerStep start(AuthPlugin plugin, ByteBuf data) {
        passwordGiven = ServerAuth.hasPassword(data);
        exchange = ServerAuth.start(plugin, claim.user(), credentials, scramble, claim.secure(), keys);
        return judge(exchange.respond(data));
    }

    private ServerStep judge(ServerAuth.Verdict verdict) {
        return switch (verdict.outcome()) {
            case UNDECIDED -> new ServerStep.Send(verdict.payload());
            case DENIED -> denied();
            case ACCEPTED ->
                account == null ? denied() : new ServerStep.Authenticated(login(account), verdict.payload());
        };
    }

    private ServerStep denied() {
        return new ServerStep.Refused(HandshakeErrors.accessDenied(claim.user(), client, passwordGiven));
    }

    private Login login(Account proven) {
        return new Login(
                claim.user(),
                claim.schema(),
                claim.capabilities(),
                claim.collation(),
                claim.attributes(),
                claim.zstdLevel(),
                claim.secure(),
                client,
                proven,
                scramble);
    }
}
