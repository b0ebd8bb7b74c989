// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.handler.ssl.SslContext;
import io.sluice.core.config.BackendSettings;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.MysqlSettings.TlsMode;
import io.sluice.core.config.SluiceConfig;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.protocol.tls.ServerTls;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns the TLS keys of the configuration into contexts. Reads files: at start only. */
final class TlsFiles {
    private TlsFiles() {}

    static @Nullable SslContext clientTls(SluiceConfig config) throws IOException {
        MysqlSettings.Tls tls = config.mysql().tls();
        if (tls.mode() == TlsMode.DISABLED) {
            return null;
        }
        return tls.certificate() != null && tls.key() != null
                ? ServerTls.fromFiles(tls.certificate(), tls.key(), tls.clientCa())
                : ServerTls.selfSigned(config.dataDir(), tls.clientCa());
    }

    static BackendTls backendTls(BackendSettings settings) throws IOException {
        BackendTls.Mode mode = BackendTls.Mode.valueOf(settings.tls().mode().name());
        return BackendTls.of(
                mode,
                settings.tls().ca(),
                settings.tls().certificate(),
                settings.tls().key());
    }
}
