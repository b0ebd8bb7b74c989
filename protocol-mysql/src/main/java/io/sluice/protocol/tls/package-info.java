// SPDX-License-Identifier: Apache-2.0
/** TLS contexts in both roles: the certificate shown to clients, and how far a backend's certificate is trusted. */
@NullMarked
package io.sluice.protocol.tls;

import org.jspecify.annotations.NullMarked;
