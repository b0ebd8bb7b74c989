// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says it is.
 *
 * @param number major * 10000 + minor * 100 + patch, as in executable comments: 80015, 90704, 101119, 260700
 * @param text as the server wrote it
 * @param collation the id of its default collation, or 0 if that is not known
 */
public record ServerVersion(Flavor flavor, int number, String text, int collation) {
    private static final Pattern NUMBER = Pattern.compile("^(\\d{1,4})\\.(\\d{1,2})(?:\\.(\\d{1,2}))?");
    /** MariaDB puts this before its own version, since replicas of old refused a major version of two digits. */
    private static final String MARIADB_DISGUISE = "5.5.5-";

    /** The first MariaDB that greets with its plain version. */
    private static final int MARIADB_UNDISGUISED = 110000;

    private static final int UTF8MB4_0900_AI_CI = 255;
    /** MariaDB 10 does not know the one above. */
    private static final int UTF8MB4_GENERAL_CI = 45;

    /** Reads {@code 8.0.36}, {@code 10.11.6-MariaDB-log} or {@code 5.5.5-10.11.6-MariaDB}. */
    public static ServerVersion parse(String text) {
        boolean mariadb = text.toLowerCase(Locale.ROOT).contains("mariadb");
        String own = mariadb && text.startsWith(MARIADB_DISGUISE) ? text.substring(MARIADB_DISGUISE.length()) : text;
        Matcher matcher = NUMBER.matcher(own);
        if (!matcher.find()) {
            throw new IllegalArgumentException("not a server version: \"" + text + "\"");
        }
        int patch = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        int number = Integer.parseInt(matcher.group(1)) * 10000 + Integer.parseInt(matcher.group(2)) * 100 + patch;
        return new ServerVersion(mariadb ? Flavor.MARIADB : Flavor.MYSQL, number, text, 0);
    }

    /** How a server of this version greets its clients, which differs from VERSION(): drivers go by it. */
    public String greeting() {
        boolean disguised = isMariadb() && number < MARIADB_UNDISGUISED && !text.startsWith(MARIADB_DISGUISE);
        return disguised ? MARIADB_DISGUISE + text : text;
    }

    /**
     * The collation that a server greets its clients with, of which some drivers take their charset. It has one byte
     * there: in place of one that does not fit, the default of servers where nobody has set another.
     */
    public int greetingCollation() {
        boolean fits = collation > 0 && collation <= 0xff;
        return fits ? collation : isMariadb() ? UTF8MB4_GENERAL_CI : UTF8MB4_0900_AI_CI;
    }

    public ServerVersion withCollation(int id) {
        return new ServerVersion(flavor, number, text, id);
    }

    public boolean isMariadb() {
        return flavor == Flavor.MARIADB;
    }

    @Override
    public String toString() {
        return text;
    }
}
