// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.routing.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GtidSetTest {
    private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final String B = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    @Test
    void writes_what_it_reads_in_canonical_form() {
        assertThat(text("")).isEmpty();
        assertThat(text(A + ":7:1-5:6")).isEqualTo(A + ":1-7");
        assertThat(text(B + ":3,\n" + A.toUpperCase() + ":1-2")).isEqualTo(A + ":1-2," + B + ":3");
        assertThat(text(A + ":1," + A + ":2")).isEqualTo(A + ":1-2");
        assertThat(text("1-2-5, 0-1-100")).isEqualTo("0-1-100,1-2-5");
    }

    @Test
    void keeps_tags_apart() {
        GtidSet set = GtidSet.parse(A + ":1-3:11:Domain_1:1-3:15-21:other:8");
        assertThat(set).hasToString(A + ":1-3:11:domain_1:1-3:15-21:other:8");
        assertThat(set.intervals()).isEqualTo(5);
        assertThat(set.contains(GtidSet.parse(A + ":domain_1:16"))).isTrue();
        assertThat(set.contains(GtidSet.parse(A + ":16"))).isFalse();
    }

    @Test
    void compares_mariadb_positions_by_domain() {
        GtidSet position = GtidSet.parse("0-1-100,1-2-5");
        assertThat(position.contains(GtidSet.parse("0-7-99"))).isTrue();
        assertThat(position.contains(GtidSet.parse("0-1-101"))).isFalse();
        assertThat(position.contains(GtidSet.parse("2-1-1"))).isFalse();
        assertThat(position.union(GtidSet.parse("0-7-200"))).hasToString("0-7-200,1-2-5");
        assertThat(position.union(GtidSet.parse("0-7-50"))).hasToString("0-1-100,1-2-5");
        assertThat(position.subtract(GtidSet.parse("0-1-100"))).isEqualTo(GtidSet.parse("1-2-5"));
    }

    @Test
    void names_the_position_of_what_is_wrong() {
        assertWrong(A, 36);
        assertWrong(A + ":", 37);
        assertWrong(A + ":1-", 39);
        assertWrong(A + ":0", 37);
        assertWrong(A + ":5-3", 37);
        assertWrong(A + ":1;" + B + ":1", 38);
        assertWrong("0-1", 3);
        assertWrong("0-1-x", 4);
        assertWrong("nonsense", 0);
        assertWrong(A + ":99999999999999999999", 55);
    }

    @Test
    void never_fails_otherwise_than_by_saying_so() {
        String alphabet = "0123456789abcdef-:,\n Tag_" + A;
        Seeds.forEach(5_000, random -> {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? A + ":" : "");
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                GtidSet set = GtidSet.parse(text.toString());
                assertThat(GtidSet.parse(set.toString())).isEqualTo(set);
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageContaining("position");
            }
        });
    }

    @Test
    void agrees_with_sets_of_single_transactions() {
        Seeds.forEach(2_000, random -> {
            List<String> one = transactions(random);
            List<String> other = transactions(random);
            GtidSet left = GtidSet.parse(String.join(",", one));
            GtidSet right = GtidSet.parse(String.join(",", other));
            Set<String> leftModel = new HashSet<>(one);
            Set<String> rightModel = new HashSet<>(other);

            assertThat(left.contains(right)).isEqualTo(leftModel.containsAll(rightModel));
            assertThat(left.equals(right)).isEqualTo(leftModel.equals(rightModel));
            assertThat(left.isEmpty()).isEqualTo(leftModel.isEmpty());
            assertThat(GtidSet.parse(left.toString())).isEqualTo(left).hasSameHashCodeAs(left);

            Set<String> union = new HashSet<>(leftModel);
            union.addAll(rightModel);
            assertThat(left.union(right)).isEqualTo(GtidSet.parse(String.join(",", union)));

            Set<String> difference = new HashSet<>(leftModel);
            difference.removeAll(rightModel);
            assertThat(left.subtract(right)).isEqualTo(GtidSet.parse(String.join(",", difference)));
            assertThat(left.subtract(right).union(right).contains(left)).isTrue();
        });
    }

    private static List<String> transactions(Random random) {
        String[] origins = {A + ":", B + ":", A + ":tag:"};
        List<String> transactions = new ArrayList<>();
        for (int i = random.nextInt(25); i > 0; i--) {
            transactions.add(origins[random.nextInt(origins.length)] + (1 + random.nextInt(12)));
        }
        return transactions;
    }

    private static String text(String set) {
        return GtidSet.parse(set).toString();
    }

    private static void assertWrong(String text, int position) {
        assertThatThrownBy(() -> GtidSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position " + position + ":");
    }

    @Test
    void tells_what_one_server_wrote() {
        String one = "00000000-0000-0000-0000-000000000001";
        String other = "00000000-0000-0000-0000-000000000002";
        GtidSet both = GtidSet.parse(one + ":1-5:7," + one + ":tag:3," + other + ":1-2");
        assertThat(both.writtenBy(one)).isEqualTo(GtidSet.parse(one + ":1-5:7," + one + ":tag:3"));
        assertThat(both.writtenBy(other)).isEqualTo(GtidSet.parse(other + ":1-2"));
        assertThat(both.writtenBy("")).isEqualTo(GtidSet.EMPTY);
        assertThat(GtidSet.parse("0-1-100").writtenBy("1")).isEqualTo(GtidSet.EMPTY);
    }
}
