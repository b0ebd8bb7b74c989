// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite.library;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;

/** With ids taken by the block from a table, so that inserts can be sent in batches. */
@Entity
@Table(name = "library_book")
public class Book {
    @Id
    @GeneratedValue(strategy = GenerationType.TABLE)
    private Long id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    private Author author;

    private String title;

    protected Book() {
        // for Hibernate, which sets the fields
    }

    Book(Author author, String title) {
        this.author = author;
        this.title = title;
    }

    public String title() {
        return title;
    }
}
