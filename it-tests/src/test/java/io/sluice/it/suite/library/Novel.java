// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite.library;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A work with a second table. */
@Entity
@Table(name = "library_novel")
public class Novel extends Work {
    private int pages;

    protected Novel() {
        // for Hibernate, which sets the fields
    }

    public Novel(String title, int pages) {
        super(title);
        this.pages = pages;
    }
}
