// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.size;

/**
 * Where statements go.
 *
 * @param parserCache about how many bytes are kept of what the parser found in statements; 0: none is parsed
 */
public record RouterSettings(int parserCache) {

    static RouterSettings read(Section section) {
        return new RouterSettings(section.get(size(
                "parser_cache",
                "16MiB",
                "0",
                "1GiB",
                "Memory for what the parser found in statements; 0: statements are judged by their words alone.")));
    }
}
