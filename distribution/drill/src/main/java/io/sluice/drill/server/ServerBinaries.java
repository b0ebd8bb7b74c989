// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A server program on this machine and how to run it. Getting one is the business of bin/lib/servers.sh; this class
 * finds what was got: below the cache directory, at the system's place, or where the user said.
 *
 * @param server the server itself
 * @param options what it always needs, to find the rest of its installation
 * @param installer the program that makes a data directory (MariaDB); MySQL's server does that itself
 */
public record ServerBinaries(
        ServerFlavor flavor, String version, Program server, List<String> options, Optional<Program> installer) {

    public ServerBinaries {
        options = List.copyOf(options);
    }

    /** The cache of downloaded servers, shared with bin/lib/servers.sh. */
    public static Path cache() {
        String set = System.getenv("SLUICE_CACHE");
        return set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "sluice");
    }

    public static Optional<ServerBinaries> find(ServerFlavor flavor, Path scratch) {
        Path program = place(flavor);
        return Files.isExecutable(program) ? Optional.of(of(program, scratch)) : Optional.empty();
    }

    /** Where the server program of a flavor is, if it is there. */
    public static Path place(ServerFlavor flavor) {
        return switch (flavor) {
            case MYSQL_9_7 -> cache().resolve("mysql-9.7/usr/sbin/mysqld");
            case MYSQL_8_0 -> cache().resolve("mysql-8.0/bin/mysqld");
            case MARIADB -> Path.of("/usr/sbin/mariadbd");
            case MARIADB_11 -> cache().resolve("mariadb-11/usr/sbin/mariadbd");
        };
    }

    /** Looks at a server program and asks it for its version. */
    public static ServerBinaries of(Path program, Path scratch) {
        if (!Files.isExecutable(program)) {
            throw new ServerFailure(program + " is not an executable file; name the server program itself, such as"
                    + " /usr/sbin/mysqld");
        }
        Path base = basedirOf(program);
        Program server = Program.of(launcher(program, base));
        String version = versionOf(server, scratch);
        ServerFlavor flavor = ServerFlavor.ofVersion(version);
        List<String> options = new ArrayList<>();
        options.add("--basedir=" + base);
        Path plugins = base.resolve("lib/mysql/plugin");
        if (Files.isDirectory(plugins) && flavor != ServerFlavor.MARIADB) {
            options.add("--plugin-dir=" + plugins);
        }
        return new ServerBinaries(flavor, shorten(version), server, options, installer(flavor, base));
    }

    /** What the server says of itself. */
    public static String versionOf(Program server, Path scratch) {
        Path output = scratch.resolve("version-" + System.nanoTime() + ".log");
        return server.run(List.of("--no-defaults", "--version"), output, Duration.ofSeconds(20))
                .strip();
    }

    private static Path basedirOf(Path program) {
        Path folder = program.toAbsolutePath().getParent();
        Path base = folder == null ? null : folder.getParent();
        if (base == null) {
            throw new ServerFailure("cannot tell the base directory of " + program);
        }
        return base;
    }

    private static List<String> launcher(Path program, Path base) {
        Path root = base.getParent();
        return root == null || root.getNameCount() == 0 ? List.of(program.toString()) : commandIn(root, program);
    }

    /** A program out of another Debian release needs that release's C library: its own loader runs it, no chroot. */
    public static List<String> commandIn(Path root, Path program) {
        Path loader = root.resolve("lib64/ld-linux-x86-64.so.2");
        if (!Files.isExecutable(loader)) {
            return List.of(program.toString());
        }
        String libraries = root.resolve("usr/lib/x86_64-linux-gnu") + ":" + root.resolve("lib/x86_64-linux-gnu") + ":"
                + root.resolve("usr/lib/mysql");
        return List.of(loader.toString(), "--library-path", libraries, program.toString());
    }

    private static Optional<Program> installer(ServerFlavor flavor, Path base) {
        if (!flavor.isMariaDb()) {
            return Optional.empty();
        }
        for (String place : List.of("scripts/mariadb-install-db", "bin/mariadb-install-db", "bin/mysql_install_db")) {
            if (Files.isExecutable(base.resolve(place))) {
                return Optional.of(Program.of(List.of(base.resolve(place).toString())));
            }
        }
        throw new ServerFailure("no mariadb-install-db below " + base + "; install the package mariadb-server-core");
    }

    /** "/usr/sbin/mysqld  Ver 9.7.4 for Linux on x86_64 (..)" -> "9.7.4". */
    public static String shorten(String version) {
        int at = version.indexOf("Ver ");
        return at < 0 ? version : version.substring(at + 4).strip().split("\\s", 2)[0];
    }
}
