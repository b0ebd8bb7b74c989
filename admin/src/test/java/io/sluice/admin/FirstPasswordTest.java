// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.AdminSettings.Role;
import io.sluice.core.config.AdminSettings.User;
import io.sluice.core.config.SluiceConfig;
import io.sluice.protocol.auth.Password;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstPasswordTest {
    private static final Pattern TOLD = Pattern.compile("user is admin, its password ([a-z2-9]{20}) ");

    @TempDir
    Path directory;

    private final List<String> told = new ArrayList<>();

    @Test
    void is_told_once_and_kept_as_a_hash_that_only_its_owner_may_read() throws Exception {
        SluiceConfig config = config("");
        FirstPassword.makeOnce(config, told::add);
        FirstPassword.makeOnce(config, told::add);

        assertThat(told).hasSize(1);
        Matcher line = TOLD.matcher(told.get(0));
        assertThat(line.find()).isTrue();
        Path file = directory.resolve("data/admin-password-hash");
        assertThat(Files.readString(file)).matches("\\*[0-9A-F]{40}\n").doesNotContain(line.group(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        User user = FirstPassword.users(config).get(0);
        assertThat(user.name()).isEqualTo("admin");
        assertThat(user.role()).isEqualTo(Role.ADMIN);
        assertThat(Objects.requireNonNull(user.hash()).fits(Password.of(line.group(1))))
                .isTrue();
    }

    @Test
    void is_another_one_once_the_file_is_removed() throws Exception {
        SluiceConfig config = config("");
        FirstPassword.makeOnce(config, told::add);
        Files.delete(directory.resolve("data/admin-password-hash"));
        FirstPassword.makeOnce(config, told::add);
        assertThat(told).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void is_not_made_where_admin_users_are_listed_or_none_is_wanted() throws Exception {
        SluiceConfig listed = config("admin: {users: [{name: root, password: r}]}");
        FirstPassword.makeOnce(listed, told::add);
        FirstPassword.makeOnce(config("admin: {generate_password: false}"), told::add);
        assertThat(told).isEmpty();
        assertThat(directory.resolve("data")).doesNotExist();
        assertThat(FirstPassword.users(listed)).extracting(User::name).containsExactly("root");
        assertThat(FirstPassword.users(config("admin: {generate_password: false}")))
                .isEmpty();
    }

    @Test
    void says_what_to_do_about_a_file_with_something_else() throws Exception {
        Files.createDirectory(directory.resolve("data"));
        Files.writeString(directory.resolve("data/admin-password-hash"), "secret");
        assertThatThrownBy(() -> FirstPassword.users(config("")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("remove the file");
        Files.delete(directory.resolve("data/admin-password-hash"));
        Files.delete(directory.resolve("data"));
        Files.writeString(directory.resolve("data"), "");
        assertThatThrownBy(() -> FirstPassword.makeOnce(config(""), told::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another data_dir");
        assertThat(told).isEmpty();
    }

    private SluiceConfig config(String more) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                servers: [{address: db1}]
                users: [{name: app, password: p}]
                monitor: {user: m}
                """ + more);
        return SluiceConfig.load(file, Map.of());
    }
}
