// SPDX-License-Identifier: Apache-2.0
/** Micro benchmarks of what every statement passes through; see bench/README.md for how to run and read them. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
