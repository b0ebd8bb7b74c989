// SPDX-License-Identifier: Apache-2.0
/**
 * What a client sees, as a table: short scripts whose every answer is written down to the byte, direct and through Sluice,
 * and must read the same. Reading order: {@code BehaviourIT}, {@code Behaviour}, {@code Performance}, {@code RawSession}.
 */
@NullMarked
package io.sluice.it.behaviour;

import org.jspecify.annotations.NullMarked;
