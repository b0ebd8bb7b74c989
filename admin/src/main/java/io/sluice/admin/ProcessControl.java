// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

/** What an operator may do to the whole process. Any thread; nothing here waits. */
public interface ProcessControl {

    /** As SIGTERM: nobody is let in any more, open transactions have shutdown.drain to end, then the process ends. */
    void stop();

    /** The process ends as soon as this has been answered, whatever is under way. */
    void halt();
}
