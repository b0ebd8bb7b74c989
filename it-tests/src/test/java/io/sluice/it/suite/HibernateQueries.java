// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Queries in Hibernate's language with what they answer, where ann has books 0 to 2, bob book 0 and cid none, and there
 * are novels n1 to n4 with as many pages.
 */
final class HibernateQueries {
    static final Map<String, String> ANSWERS = new LinkedHashMap<>();

    static {
        add("select a.name from Author a order by a.name", "ann bob cid");
        add("select distinct b.title from Book b order by b.title", "book 0 book 1 book 2");
        add(
                "select a.name, count(b) from Author a left join a.books b group by a.name order by a.name",
                "[ann, 3] [bob, 1] [cid, 0]");
        add("select a.name from Author a join a.books b group by a.name having count(b) > 1", "ann");
        add("select a.name from Author a where size(a.books) = 1", "bob");
        add("select a.name from Author a where a.books is empty", "cid");
        add(
                "select a.name from Author a where exists (from Book b where b.author = a) order by a.name desc",
                "bob ann");
        add("select b.author.name, b.title from Book b where b.title like '%2'", "[ann, book 2]");
        add(
                "select upper(concat(a.name, '!')), length(a.name) from Author a where a.name in ('ann', 'cid') order by 1",
                "[ANN!, 3] [CID!, 3]");
        add(
                "select case when a.name < 'b' then 'first' else coalesce(nullif(a.name, 'cid'), 'none') end from Author a"
                        + " order by a.name",
                "first bob none");
        add("select max(n.pages), min(n.pages), avg(n.pages), sum(n.pages) from Novel n", "[4, 1, 2.5, 10]");
        add("select n.title from Novel n where n.pages between 2 and 3 order by n.pages", "n2 n3");
        add("select w.title from Work w where type(w) = Novel order by w.title limit 1 offset 1", "n2");
        add("select treat(w as Novel).pages from Work w order by 1 desc fetch first 2 rows only", "4 3");
        add(
                "select n.title, rank() over (order by n.pages desc) from Novel n order by n.title",
                "[n1, 4] [n2, 3] [n3, 2] [n4, 1]");
        add(
                "select n.title, sum(n.pages) over (order by n.id rows between 1 preceding and current row) from Novel n"
                        + " order by n.id",
                "[n1, 1] [n2, 3] [n3, 5] [n4, 7]");
        add(
                "with few as (select n.title as t, n.pages as p from Novel n where n.pages < 3) select f.t from few f"
                        + " order by f.p desc",
                "n2 n1");
        add(
                "select s.t from (select b.title as t, count(*) as c from Book b group by b.title) s where s.c = 2",
                "book 0");
        add("select a.name from Author a where a.id = (select max(b.author.id) from Book b)", "bob");
        add(
                "select a.name from Author a union select n.title from Novel n where n.pages = 1 order by 1",
                "ann bob cid n1");
        add(
                "select cast(n.pages as String), n.pages % 2, power(n.pages, 2) from Novel n where n.pages = 3",
                "[3, 1, 9.0]");
        add(
                "select extract(year from date 2024-05-06), year(datetime 2023-01-02 03:04:05) from Novel n where n.pages = 1",
                "[2024, 2023]");
        add(
                "select substring(a.name, 2, 1), locate('n', a.name), trim(both 'a' from a.name) from Author a"
                        + " where a.name = 'ann'",
                "[n, 2, nn]");
        add("select count(distinct b.title), count(*) from Book b", "[3, 4]");
        add("from Author a left join fetch a.books where a.name = 'nobody'", "");
        add(
                "select a.name, b.title from Author a, Book b where b.author.id = a.id and b.title = 'book 0' order by 1",
                "[ann, book 0] [bob, book 0]");
        add(
                "select a.name from Author a where a.name > all (select n.title from Novel n where n.pages > 9)"
                        + " order by a.name",
                "ann bob cid");
    }

    private HibernateQueries() {}

    private static void add(String query, String answer) {
        ANSWERS.put(query, answer);
    }
}
