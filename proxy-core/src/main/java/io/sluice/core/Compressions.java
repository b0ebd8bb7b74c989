// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.MysqlSettings;
import io.sluice.protocol.compress.Compression;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the configuration allows of compression, and this machine can do. */
final class Compressions {
    private static final Logger LOG = LoggerFactory.getLogger(Compressions.class);

    private Compressions() {}

    /** Loads native code, once; not for event loops. */
    static Set<Compression> usable(Set<MysqlSettings.Compression> allowed) {
        Set<Compression> usable = EnumSet.noneOf(Compression.class);
        for (MysqlSettings.Compression each : allowed) {
            Compression compression = switch (each) {
                case ZLIB -> Compression.ZLIB;
                case ZSTD -> Compression.ZSTD;
            };
            String obstacle = compression.obstacle();
            if (obstacle == null) {
                usable.add(compression);
            } else {
                LOG.warn("compression={} not_offered=\"{}\"", each.keyword(), obstacle);
            }
        }
        return usable;
    }
}
