// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite.library;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;

/** With an id of AUTO_INCREMENT, a version that optimistic locks go by, and a lazy collection. */
@Entity
@Table(name = "library_author")
public class Author {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    @Version
    private int version;

    @Column(unique = true, nullable = false)
    private String name;

    @OneToMany(mappedBy = "author", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    private List<Book> books = new ArrayList<>();

    protected Author() {
        // for Hibernate, which sets the fields
    }

    public Author(String name) {
        this.name = name;
    }

    public long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public List<Book> books() {
        return books;
    }

    public void rename(String to) {
        name = to;
    }

    public void add(String title) {
        books.add(new Book(this, title));
    }
}
