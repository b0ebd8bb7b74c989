// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite.library;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Table;

/** Kinds of it have tables of their own: a change of many needs a temporary table of their ids. */
@Entity
@Table(name = "library_work")
@Inheritance(strategy = InheritanceType.JOINED)
public class Work {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    private String title;

    protected Work() {
        // for Hibernate, which sets the fields
    }

    Work(String title) {
        this.title = title;
    }
}
