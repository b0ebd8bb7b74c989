// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.config.AdminSettings;
import io.sluice.core.config.AdminSettings.Role;
import io.sluice.core.config.AdminSettings.User;
import io.sluice.core.config.Secret;
import io.sluice.core.config.SluiceConfig;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;

/**
 * The password of the admin user where the configuration has none: made at the first start, told once, and kept as a hash
 * in a file of the data directory, so that there is no default password. Used at the start alone; blocks.
 */
public final class FirstPassword {
    /** The user's name. */
    static final String USER = "admin";

    private static final String FILE = "admin-password-hash";
    /** Without what is easily mistaken for something else. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    /** A hundred bits. */
    private static final int LENGTH = 20;

    private FirstPassword() {}

    /**
     * Makes the password if the configuration wants one and there is none yet.
     *
     * @param tell is told a line for people with the password in it, which is kept nowhere
     * @throws IOException if its hash cannot be kept; the message says what helps
     */
    public static void makeOnce(SluiceConfig config, Consumer<String> tell) throws IOException {
        Path file = file(config);
        if (!isWanted(config.admin()) || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String password = generate(new SecureRandom());
        String hash = PasswordHash.ofNative(Password.of(password)).stored();
        try {
            Files.createDirectories(config.dataDir());
            Files.createFile(file, onlyOwner(file));
            Files.writeString(file, hash + "\n");
        } catch (IOException e) {
            throw new IOException(
                    "cannot keep the admin user's password in " + file + " (" + e + "); let this user write there, set"
                            + " another data_dir, list an admin user in admin.users, or set admin.generate_password:"
                            + " false",
                    e);
        }
        tell.accept("The admin port's user is " + USER + ", its password " + password
                + " - it is shown this once; to get another, remove " + file + " and restart.");
    }

    /**
     * Who may log in to the admin port: those configured, else the one whose password was made.
     *
     * @throws IOException if the file that has the password's hash has something else; the message says what helps
     */
    public static List<User> users(SluiceConfig config) throws IOException {
        Path file = file(config);
        if (!isWanted(config.admin()) || !Files.exists(file)) {
            return config.admin().users();
        }
        String text = Files.readString(file).strip();
        PasswordHash hash = PasswordHash.parse(text)
                .filter(known -> known.nativeDigest().isPresent())
                .orElse(null);
        if (hash == null) {
            throw new IOException(file + " has no password's hash, * and 40 hex digits; remove the file, and the next"
                    + " start makes another password");
        }
        return List.of(new User(USER, Secret.EMPTY, hash, Role.ADMIN));
    }

    private static boolean isWanted(AdminSettings settings) {
        return settings.users().isEmpty() && settings.generatePassword();
    }

    private static Path file(SluiceConfig config) {
        return config.dataDir().resolve(FILE);
    }

    private static FileAttribute<?>[] onlyOwner(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String generate(SecureRandom random) {
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return password.toString();
    }
}
