// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

/** The HTTP port: metrics and health. */
public record HttpSettings(ListenAddress listen) {

    static HttpSettings read(Section section) {
        return new HttpSettings(section.get(
                Key.listen("listen", "127.0.0.1:6070", "Where /metrics, /healthz and /readyz are served.")));
    }
}
