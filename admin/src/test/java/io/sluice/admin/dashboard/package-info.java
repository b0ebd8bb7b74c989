// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.sluice.admin.dashboard;

import org.jspecify.annotations.NullMarked;
