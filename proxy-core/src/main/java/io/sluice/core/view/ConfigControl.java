// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl.Refused;

/** The configuration's file, which may have changed since the start. Any thread but an event loop; everything blocks. */
public interface ConfigControl {

    /**
     * The file as it is now.
     *
     * @throws Refused with all that is wrong with it
     */
    SluiceConfig read() throws Refused;

    /**
     * Puts in force what the file says now: servers, rules and users, all of them; what was changed by other ways is
     * gone.
     *
     * @return what the file says, with the keys that count after a restart only
     * @throws Refused with all that is wrong; nothing is changed then
     */
    ConfigFile.Version reload() throws Refused;
}
