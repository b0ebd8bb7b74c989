// SPDX-License-Identifier: Apache-2.0
/**
 * The compressed protocol: packets in frames that are deflated by zlib or zstd. One handler between TLS and whatever
 * reads packets; everything else in it knows no channel.
 */
@NullMarked
package io.sluice.protocol.compress;

import org.jspecify.annotations.NullMarked;
