// SPDX-License-Identifier: Apache-2.0
package io.sluice.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The laws about packages, blocking, time and randomness. */
@AnalyzeClasses(packages = "io.sluice", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String SESSION = "io.sluice.core.session..";
    private static final String BACKEND = "io.sluice.core.backend..";
    private static final String MONITOR = "io.sluice.core.monitor..";
    private static final String OPERATIONS = "io.sluice.core.failover..";
    private static final String DISCOVERY = "io.sluice.core.discovery..";
    private static final String ADMIN_SQL = "io.sluice.admin.sql..";
    private static final String DRILL = "io.sluice.drill..";
    private static final String DRILLED_SERVERS = "io.sluice.drill.server..";

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.sluice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packages_of_the_core_have_no_cycles =
            slices().matching("io.sluice.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothing_blocks_on_event_loops = noClasses()
            .that()
            .resideInAnyPackage(SESSION, BACKEND)
            .should()
            .callCodeUnitWhere(calls(
                    "java.lang.Thread|java.util.concurrent.(Future|CompletableFuture|CountDownLatch|Semaphore|BlockingQueue)"
                            + "|io.netty.channel.ChannelFuture|io.netty.util.concurrent.(Future|Promise)",
                    "sleep|join|get|sync|await|awaitUninterruptibly|syncUninterruptibly|acquire|take|put"))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "java.nio.file..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule admin_sees_the_core_from_outside = noClasses()
            .that()
            .resideInAPackage("io.sluice.admin..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.sluice.core..")
                    .and(DescribedPredicate.not(resideInAnyPackage(
                            "io.sluice.core.view", "io.sluice.core.metrics", "io.sluice.core.config"))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_monitor_discovery_operations_admin_sql_and_drill_speak_jdbc = noClasses()
            .that()
            .resideOutsideOfPackages(MONITOR, DISCOVERY, OPERATIONS, ADMIN_SQL, DRILL, DRILLED_SERVERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "com.mysql..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule time_and_chance_come_from_outside = noClasses()
            .that()
            .resideInAnyPackage(SESSION, BACKEND, MONITOR, "io.sluice.routing..")
            .and()
            .doNotHaveFullyQualifiedName("io.sluice.core.monitor.SystemThread") // is the outside: the real clock
            .should()
            .callCodeUnitWhere(calls("java.lang.System", "nanoTime|currentTimeMillis"))
            .orShould()
            .callCodeUnitWhere(calls("java.lang.Math", "random"))
            .orShould()
            .callCodeUnitWhere(calls("java.time.(Instant|Clock|LocalDateTime)", "now|systemUTC|systemDefaultZone"))
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule routing_knows_no_network = noClasses()
            .that()
            .resideInAPackage("io.sluice.routing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "java.net..", "java.nio.channels..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_drill_knows_sluice_from_outside = noClasses()
            .that()
            .resideInAnyPackage(DRILL, DRILLED_SERVERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.core..", "io.sluice.admin..", "io.sluice.routing..", "io.sluice.protocol..");

    private static DescribedPredicate<JavaCall<?>> calls(String owners, String methods) {
        return DescribedPredicate.describe(
                "calls of (" + owners + ").(" + methods + ")",
                call -> call.getTargetOwner().getName().matches(owners)
                        && call.getName().matches(methods));
    }
}
