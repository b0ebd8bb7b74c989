// SPDX-License-Identifier: Apache-2.0
/** Whether the classes that statements get are right, by what real servers do with them: soundness and precision. */
@NullMarked
package io.sluice.it.sound;

import org.jspecify.annotations.NullMarked;
