// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;

/** A column of every type, one row of values that are easily damaged, and one of NULLs. */
final class TypeSamples {
    static final String COLUMNS = """
            id INT PRIMARY KEY, tiny TINYINT, small SMALLINT UNSIGNED, medium MEDIUMINT, big BIGINT UNSIGNED,
            f FLOAT, d DOUBLE, exact DECIMAL(30,10), bits BIT(12), day DATE, moment DATETIME(6), stamp TIMESTAMP NULL,
            clock TIME(3), year_ YEAR, short_ CHAR(5), words VARCHAR(200), bytes_ VARBINARY(300), body TEXT,
            lump BLOB, pick ENUM('a','b'), picks SET('x','y','z'), doc JSON""";

    static final String ROW = """
            (1, -128, 65535, -8388608, 18446744073709551615, 1.5, 1e300, -12345678901234567890.0123456789, b'101010101010',
            '2024-02-29', '1999-12-31 23:59:59.123456', '2020-01-01 00:00:01', '-838:59:58.999', 1901, 'abc',
            'Grüße, \uD83D\uDE80 ''quoted'' \\\\ ', X'00FF0A0D1A275C', 'text', X'FB00FE', 'b', 'x,z', '{"k": [1, null]}')""";

    private static final int COLUMN_COUNT = 22;

    private TypeSamples() {}

    /** Row 1 as in {@link #ROW}, row 2 NULL but for its id. */
    static void assertRows(ResultSet rows) throws SQLException {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt("tiny")).isEqualTo(-128);
        assertThat(rows.getInt("small")).isEqualTo(65535);
        assertThat(rows.getInt("medium")).isEqualTo(-8388608);
        assertThat(rows.getBigDecimal("big")).isEqualTo(new BigDecimal("18446744073709551615"));
        assertThat(rows.getFloat("f")).isEqualTo(1.5f);
        assertThat(rows.getDouble("d")).isEqualTo(1e300);
        assertThat(rows.getBigDecimal("exact")).isEqualTo(new BigDecimal("-12345678901234567890.0123456789"));
        assertThat(rows.getBytes("bits")).isEqualTo(new byte[] {0b1010, (byte) 0b10101010});
        assertThat(rows.getDate("day")).isEqualTo(Date.valueOf("2024-02-29"));
        assertThat(rows.getObject("moment", LocalDateTime.class))
                .isEqualTo(LocalDateTime.of(1999, 12, 31, 23, 59, 59, 123_456_000));
        assertThat(rows.getString("stamp")).startsWith("20");
        assertThat(rows.getString("clock")).isEqualTo("-838:59:58.999");
        assertThat(rows.getString("short_")).isEqualTo("abc");
        assertThat(rows.getString("words")).isEqualTo("Grüße, \uD83D\uDE80 'quoted' \\ ");
        assertThat(rows.getBytes("bytes_")).isEqualTo(new byte[] {0, (byte) 0xFF, 0x0A, 0x0D, 0x1A, 0x27, 0x5C});
        assertThat(rows.getBytes("lump")).isEqualTo(new byte[] {(byte) 0xFB, 0, (byte) 0xFE});
        assertThat(rows.getString("pick")).isEqualTo("b");
        assertThat(rows.getString("picks")).isEqualTo("x,z");
        assertThat(rows.getString("doc")).isEqualTo("{\"k\": [1, null]}");
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(2);
        for (int column = 2; column <= COLUMN_COUNT; column++) {
            assertThat(rows.getObject(column)).as("column " + column).isNull();
        }
        assertThat(rows.next()).isFalse();
    }
}
