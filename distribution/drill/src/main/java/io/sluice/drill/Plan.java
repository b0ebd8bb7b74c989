// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import java.time.Duration;

/**
 * How hard and how long.
 *
 * @param rest of each client after each turn
 * @param steady how long the load runs before, between and after the changes of the source
 * @param promoteAfter from the kill to the promotion: what an operator or a program takes to notice and to decide
 * @param limit for everything that is waited for, such as writes that come back
 */
public record Plan(int writers, int readers, Duration rest, Duration steady, Duration promoteAfter, Duration limit) {}
