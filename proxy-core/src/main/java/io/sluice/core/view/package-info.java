// SPDX-License-Identifier: Apache-2.0
/** The narrow views through which metrics and the admin ports see and steer the proxy. Values and interfaces only. */
@NullMarked
package io.sluice.core.view;

import org.jspecify.annotations.NullMarked;
