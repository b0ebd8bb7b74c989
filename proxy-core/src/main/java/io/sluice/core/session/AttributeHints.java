// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.protocol.codec.QueryAttributes;
import io.sluice.routing.hint.HintText;
import io.sluice.routing.hint.Hints;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hints as query attributes, for those who cannot put comments into their statements: {@code sluice_hostgroup} with a
 * value is {@code sluice:hostgroup=value}, and {@code sluice_source} with any value but 0 is {@code sluice:source}.
 *
 * @param hints those that direct the statement
 * @param after the token of {@link CausalToken}, as it was given
 */
record AttributeHints(Hints hints, @Nullable String after) {
    static final AttributeHints NONE = new AttributeHints(Hints.NONE, null);

    private static final String PREFIX = "sluice_";
    private static final String AFTER = "after";

    /** @param attributes as {@link QueryAttributes#of} gave them */
    static AttributeHints of(byte[] attributes) {
        if (attributes.length == QueryAttributes.NONE.length) {
            return NONE;
        }
        Map<String, String> ours = QueryAttributes.texts(attributes, PREFIX);
        String after = ours.remove(AFTER);
        StringBuilder text = new StringBuilder();
        ours.forEach((name, value) -> {
            boolean isFlag = name.equals("source") || name.equals("replica");
            if (!isFlag) {
                text.append(" sluice:").append(name).append('=').append(value);
            } else if (!value.equals("0")) {
                text.append(" sluice:").append(name);
            }
        });
        byte[] words = text.toString().getBytes(ISO_8859_1);
        boolean none = words.length == 0 || words.length > HintText.LENGTH_MAX;
        return none && after == null
                ? NONE
                : new AttributeHints(none ? Hints.NONE : HintText.read(words, words.length), after);
    }
}
