// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One key's declaration: all there is to know about it.
 *
 * @param allowed the values allowed, so that "is not ALLOWED" reads as a sentence
 * @param parse a value of the file; empty when it is not allowed
 * @param advice what to write instead of a value that is not allowed
 */
record Key<T>(
        String name,
        T initial,
        String initialText,
        String allowed,
        String meaning,
        Function<String, Optional<T>> parse,
        Function<String, String> advice) {

    static Key<Integer> integer(String name, int initial, int min, int max, String meaning) {
        return new Key<>(
                name,
                initial,
                Integer.toString(initial),
                "a whole number from " + min + " to " + max,
                meaning,
                text -> wholeNumber(text).filter(number -> number >= min && number <= max),
                text -> "write a number without a unit, such as " + initial);
    }

    static Key<Boolean> flag(String name, boolean initial, String meaning) {
        return new Key<>(
                name,
                initial,
                Boolean.toString(initial),
                "true or false",
                meaning,
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty(),
                text -> "write true or false");
    }

    static Key<Duration> duration(String name, String initial, String min, String max, String meaning) {
        Duration least = Quantity.duration(min).orElseThrow();
        Duration most = Quantity.duration(max).orElseThrow();
        return new Key<>(
                name,
                Quantity.duration(initial).orElseThrow(),
                initial,
                "a duration from " + min + " to " + max,
                meaning,
                text -> Quantity.duration(text)
                        .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0),
                text -> Quantity.DURATION_FORM);
    }

    static Key<Integer> size(String name, String initial, String min, String max, String meaning) {
        long least = Quantity.size(min).orElseThrow();
        long most = Quantity.size(max).orElseThrow();
        return new Key<>(
                name,
                Math.toIntExact(Quantity.size(initial).orElseThrow()),
                initial,
                "a size from " + min + " to " + max,
                meaning,
                text -> Quantity.size(text)
                        .filter(size -> size >= least && size <= most)
                        .map(Math::toIntExact),
                text -> Quantity.SIZE_FORM);
    }

    static Key<String> text(String name, String initial, String meaning) {
        return new Key<>(
                name,
                initial,
                initial.isEmpty() ? "\"\"" : initial,
                "text",
                meaning,
                Optional::of,
                text -> "write text");
    }

    /** For {@link Section#require}, which parses the text. */
    static Key<String> required(String name, String allowed, String meaning) {
        return new Key<>(name, "", "required", allowed, meaning, Optional::of, text -> "");
    }

    static Key<ListenAddress> listen(String name, String initial, String meaning) {
        return new Key<>(
                name,
                ListenAddress.parse(initial),
                initial,
                "an address to listen on",
                meaning,
                text -> attempt(() -> ListenAddress.parse(text)),
                text -> "write host:port, such as " + initial + ", 0.0.0.0:6033 or \"[::1]:6033\"");
    }

    /** Networks with commas between them; none unless some are given. */
    static Key<List<Network>> networks(String name, String meaning) {
        return new Key<>(
                name,
                List.of(),
                "\"\"",
                "a network, or several with commas between them",
                meaning,
                text -> text.isBlank()
                        ? Optional.of(List.of())
                        : attempt(() -> Arrays.stream(text.split(",", -1))
                                .map(one -> Network.parse(one.trim()))
                                .toList()),
                text -> "write an address and its bits, such as 10.1.0.0/16 or \"fd00::/8\"");
    }

    static <E extends Enum<E> & Keyword> Key<E> choice(String name, E initial, Class<E> type, String meaning) {
        List<E> members = Arrays.asList(type.getEnumConstants());
        List<String> words = members.stream().map(Keyword::keyword).toList();
        return new Key<>(
                name,
                initial,
                initial.keyword(),
                "one of " + String.join(", ", words),
                meaning,
                text -> members.stream()
                        .filter(member -> same(member.keyword(), text))
                        .findFirst(),
                text -> Spelling.nearest(text, words)
                        .map(word -> "did you mean " + word + "?")
                        .orElse("write " + initial.keyword()));
    }

    /** Any of the type's words, with commas between them, or none. */
    static <E extends Enum<E> & Keyword> Key<Set<E>> choices(
            String name, Set<E> initial, Class<E> type, String meaning) {
        List<E> all = List.of(type.getEnumConstants());
        Key<E> one = choice(name, all.get(0), type, meaning);
        return new Key<>(
                name,
                initial,
                initial.isEmpty() ? "none" : words(initial),
                "none, or any " + one.allowed().substring("one ".length()),
                meaning,
                text -> same("none", text.trim()) ? Optional.of(Set.of()) : all(one, text),
                text -> "write " + words(all) + ", one of them, or none");
    }

    private static <E extends Keyword> String words(Collection<E> chosen) {
        return chosen.stream().map(Keyword::keyword).collect(Collectors.joining(","));
    }

    private static <E extends Enum<E>> Optional<Set<E>> all(Key<E> one, String text) {
        Set<E> chosen = new LinkedHashSet<>();
        for (String word : text.split(",", -1)) {
            Optional<E> member = one.parse.apply(word.trim());
            if (member.isEmpty()) {
                return Optional.empty();
            }
            chosen.add(member.get());
        }
        return Optional.of(Collections.unmodifiableSet(chosen));
    }

    KeyDescription describe(String path) {
        return new KeyDescription(path, initialText, allowed, meaning);
    }

    private static boolean same(String keyword, String text) {
        return keyword.replace('-', '_').equals(text.replace('-', '_').toLowerCase(Locale.ROOT));
    }

    private static Optional<Integer> wholeNumber(String text) {
        return text.matches("-?[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    static <T> Optional<T> attempt(Supplier<T> parse) {
        try {
            return Optional.of(parse.get());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
