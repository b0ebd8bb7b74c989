// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

/** Something that happens to the servers of a {@link Scene}, and what of it clients may see; its text is for people. */
interface Mishap {
    void strike(Scene scene) throws Exception;

    /** Servers and network are as before, if perhaps with other roles. */
    void mend(Scene scene) throws Exception;

    Law law();
}
