// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.ClientProof;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.TlsRequirement;
import io.sluice.core.config.UserSettings;
import io.sluice.core.config.UserSettings.Access;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.UserList.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MYSQL USERS. What the table has no column for, such as where clients may come from or another name at the servers, a
 * user keeps; a new one has none of it.
 */
final class UsersModule implements ConfigModule {
    private static final TlsRequirement TLS = new TlsRequirement(TlsRequirement.Level.TRUE, "", "");

    /** What a column must have, since nothing else is supported, with what to do instead. */
    private record Fixed(String column, Object value, String instead) {}

    private static final List<Fixed> FIXED = List.of(
            new Fixed("schema_locked", 0, "grant the user one schema at the servers"),
            new Fixed("transaction_persistent", 1, "a transaction always stays at its server"),
            new Fixed("fast_forward", 0, "all users share connections"),
            new Fixed("backend", 1, "a user of clients is one at the servers, too"),
            new Fixed("frontend", 1, "a user at the servers is one of clients, too"),
            new Fixed("attributes", "", "there are no others than the columns"));

    private final Sight sight;
    private final KnownPasswords passwords;
    /** By the file, as it was read last. */
    private List<UserSettings> listed = List.of();

    UsersModule(Sight sight, KnownPasswords passwords) {
        this.sight = sight;
        this.passwords = passwords;
    }

    @Override
    public String words() {
        return "MYSQL USERS";
    }

    @Override
    public String table() {
        return "mysql_users";
    }

    @Override
    public List<String> keys() {
        return List.of("username");
    }

    @Override
    public String columns() {
        return "username VARCHAR CHECK (username <> '') NOT NULL, password VARCHAR,"
                + " active INT CHECK (active IN (0, 1)) NOT NULL DEFAULT 1,"
                + " use_ssl INT CHECK (use_ssl IN (0, 1)) NOT NULL DEFAULT 0,"
                + " default_hostgroup INT CHECK (default_hostgroup >= 0) DEFAULT NULL, default_schema VARCHAR,"
                + " schema_locked INT CHECK (schema_locked IN (0, 1)) NOT NULL DEFAULT 0,"
                + " transaction_persistent INT CHECK (transaction_persistent IN (0, 1)) NOT NULL DEFAULT 1,"
                + " fast_forward INT CHECK (fast_forward IN (0, 1)) NOT NULL DEFAULT 0,"
                + " backend INT CHECK (backend IN (0, 1)) NOT NULL DEFAULT 1,"
                + " frontend INT CHECK (frontend IN (0, 1)) NOT NULL DEFAULT 1,"
                + " max_connections INT CHECK (max_connections BETWEEN 1 AND 1000000) NOT NULL DEFAULT "
                + shownLimit(sight.config().mysql().maxClientsPerUser()) + ","
                + " attributes VARCHAR NOT NULL DEFAULT '', comment VARCHAR NOT NULL DEFAULT '',"
                + " PRIMARY KEY (username, backend), UNIQUE (username, frontend)";
    }

    @Override
    public String columnsOfMain() {
        return columns().replace("password VARCHAR", "password VARCHAR COLLATE " + KnownPasswords.COLLATION);
    }

    /** Passwords in clear do not stay in the table. */
    @Override
    public List<String> triggers() {
        String clear = " WHEN NEW.password <> '' AND NOT (NEW.password LIKE '*%' AND length(NEW.password) = 41)";
        String hash = " BEGIN UPDATE mysql_users SET password = " + KnownPasswords.FUNCTION
                + "(NEW.password) WHERE rowid = NEW.rowid; END";
        return List.of(
                "CREATE TRIGGER main.hash_inserted_password AFTER INSERT ON mysql_users" + clear + hash,
                "CREATE TRIGGER main.hash_updated_password AFTER UPDATE OF password ON mysql_users" + clear + hash);
    }

    @Override
    public List<@Nullable Object[]> ofFile(SluiceConfig file) {
        listed = file.users();
        List<@Nullable Object[]> rows = new ArrayList<>();
        Entry.of(file).forEach(user -> rows.add(row(user)));
        return rows;
    }

    @Override
    public List<@Nullable Object[]> ofRuntime() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        sight.users().users().forEach(user -> rows.add(row(user)));
        return rows;
    }

    /** Of very many users the rows take a second to make. */
    @Override
    public Object originOfRuntime() {
        return sight.users().users();
    }

    private @Nullable Object[] row(Entry user) {
        UserSettings settings = user.settings();
        return new @Nullable Object[] {
            settings.name(),
            passwords.shown(settings.proof()),
            user.active() ? 1 : 0,
            settings.access().tls().equals(TlsRequirement.NONE) ? 0 : 1,
            user.defaultHostgroup(),
            settings.schema().isEmpty() ? null : settings.schema(),
            0,
            1,
            0,
            1,
            1,
            shownLimit(settings.maxClients()),
            "",
            user.comment()
        };
    }

    /** No limit is the limit of all. */
    private int shownLimit(int maxClients) {
        return maxClients == 0 ? sight.config().mysql().maxClients() : maxClients;
    }

    @Override
    public List<String> problems(List<ConfigRow> rows) {
        List<String> problems = new ArrayList<>();
        entries(rows, problems);
        return problems;
    }

    private List<Entry> entries(List<ConfigRow> rows, List<String> problems) {
        Map<String, UserSettings> before = new HashMap<>();
        listed.forEach(user -> before.put(user.name(), user));
        sight.users().users().forEach(user -> before.put(user.name(), user.settings()));
        List<Entry> users = new ArrayList<>(rows.size());
        for (ConfigRow row : rows) {
            List<String> ofRow = new ArrayList<>();
            Entry user = entry(row, before.get(row.required("username")), ofRow);
            ofRow.forEach(problem -> problems.add("user " + user.name() + ": " + problem));
            users.add(user);
        }
        return users;
    }

    @Override
    public void toRuntime(List<ConfigRow> rows) throws SqlRefused {
        List<String> problems = new ArrayList<>();
        List<Entry> users = entries(rows, problems);
        if (!problems.isEmpty()) {
            throw SqlRefused.notLoaded(problems);
        }
        try {
            sight.users().replace(users);
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was loaded: " + refused.getMessage());
        }
        Set<String> hashes = new HashSet<>();
        for (ConfigRow row : rows) {
            String shown = row.text("password");
            if (shown != null && passwords.isKnown(shown)) {
                hashes.add(shown);
            }
        }
        passwords.retain(hashes);
    }

    private Entry entry(ConfigRow row, @Nullable UserSettings before, List<String> problems) {
        for (Fixed fixed : FIXED) {
            if (!row.has(fixed.column(), fixed.value())) {
                problems.add(fixed.column() + " is " + row.text(fixed.column()) + ", which is not supported; set it to "
                        + (fixed.value().equals("") ? "''" : fixed.value()) + ": " + fixed.instead());
            }
        }
        String name = row.required("username");
        String schema = row.text("default_schema");
        int limit = row.number("max_connections", problems);
        UserSettings settings = new UserSettings(
                name,
                proof(row.text("password"), before, problems),
                before == null ? name : before.backendUser(),
                before == null ? null : before.backendPasswords(),
                limit >= sight.config().mysql().maxClients() ? 0 : limit,
                schema == null ? "" : schema,
                new Access(
                        tls(row.number("use_ssl", problems) == 1, before, problems),
                        before == null ? Access.ANY.from() : before.access().from()));
        return new Entry(
                before != null && before.equals(settings) ? before : settings, // one object is enough to keep
                row.number("active", problems) == 1,
                row.integer("default_hostgroup", problems),
                row.required("comment"));
    }

    /** A user whose password is as it was keeps the old one, too, that may be valid besides. */
    private ClientProof proof(@Nullable String password, @Nullable UserSettings before, List<String> problems) {
        ClientProof proof = password == null ? null : passwords.proof(password);
        if (password == null || proof == null) {
            problems.add(
                    password == null
                            ? "password is NULL; write the password, its hash, or '' for none"
                            : "password is neither a hash that servers store nor known here; write it once more");
            return new ClientProof(null, List.of());
        }
        return before != null && isShownAlike(before.proof(), proof, password) ? before.proof() : proof;
    }

    /** Hashes are compared as they are: writing them as texts would take most of the time of a long list. */
    private boolean isShownAlike(ClientProof before, ClientProof now, String shown) {
        return before.passwords() == null && now.passwords() == null
                ? before.hashes().get(0).equals(now.hashes().get(0))
                : passwords.shown(before).equals(shown);
    }

    private TlsRequirement tls(boolean required, @Nullable UserSettings before, List<String> problems) {
        if (!required) {
            return TlsRequirement.NONE;
        }
        MysqlSettings mysql = sight.config().mysql();
        if (mysql.tls().mode() == MysqlSettings.TlsMode.DISABLED && mysql.socket() == null) {
            problems.add("use_ssl is 1 while mysql.tls.mode is disabled, so that nobody could log in; set it to 0");
        }
        return before == null || before.access().tls().equals(TlsRequirement.NONE)
                ? TLS
                : before.access().tls();
    }
}
