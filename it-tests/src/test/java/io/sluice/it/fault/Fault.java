// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

/**
 * What happens to one connection, once.
 *
 * @param kind what happens
 * @param toServer whether it happens on the way to the server, else on the way to the client
 * @param packets how many packets pass before
 * @param bytes how many bytes of the next one pass, too; 0 for a fault at the packet's boundary
 */
public record Fault(Kind kind, boolean toServer, int packets, int bytes) {
    /** The ways in which networks and peers fail. */
    public enum Kind {
        /** Both sides see a reset. */
        RESET,
        /** Both sides see an orderly end; amid a packet, a truncation. */
        FIN,
        /** The receiver sees an end, and may go on sending. */
        HALF_CLOSE,
        /** Nothing more passes in this direction, and nobody is told. */
        STALL,
        /** The rest comes late. */
        DELAY
    }
}
