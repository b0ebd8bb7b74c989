// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl.Refused;
import java.nio.file.Path;
import java.util.Map;

/** The configuration's file, which may have changed since the start. Any thread but an event loop; everything blocks. */
public interface ConfigControl {

    /**
     * The file as it is now.
     *
     * @throws Refused with all that is wrong with it
     */
    SluiceConfig read() throws Refused;

    /** Where it is. */
    Path path();

    /**
     * Whether it is as it was when it was put in force, or written, last.
     *
     * @throws Refused if it cannot be read
     */
    boolean isAsKnown() throws Refused;

    /**
     * Puts in force what the file says now: servers, rules, users and the settings that can change, all of them; what was
     * changed by other ways is gone.
     *
     * @return what the file says, with the keys that count after a restart only
     * @throws Refused with all that is wrong, or if the file is not what counts; nothing is changed then
     */
    ConfigFile.Version reload() throws Refused;

    /** The settings in force. Of servers, rules and users as it was at the start. */
    SluiceConfig settings();

    /**
     * Changes settings until the next restart or {@link #reload}, all of them or none.
     *
     * @param texts by the keys, as the file would have them; {@link ConfigFile#isChangeable} is true of each
     * @throws Refused with all that is wrong; nothing is changed then
     */
    void change(Map<String, String> texts) throws Refused;

    /**
     * Writes into the file what is in force of servers, users, rules and changed settings; nothing else in it is changed.
     *
     * @param force whether even a file is written that somebody has changed since it was put in force
     * @throws Refused if it is not written; the message says why
     */
    ConfigFile.Saved save(boolean force) throws Refused;
}
