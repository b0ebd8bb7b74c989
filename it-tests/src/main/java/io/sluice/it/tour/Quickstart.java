// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.Workplace;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The program behind bin/quickstart, which has checked the options and got the servers. Exit codes: 0 all held, 1
 * something did not hold or could not start, 2 bad options.
 */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) {
        System.exit(run(TourOptions.parse(args)));
    }

    private static int run(TourOptions options) {
        Workplace place = new Workplace(options.home());
        try {
            if (options.servers().isEmpty()) {
                ownServers(options, place);
            } else {
                new ExistingServersTour(options, place).run();
            }
            if (!options.once()) {
                Console.title("Everything stays up until you press Ctrl-C; then all of it is taken away.");
                new CountDownLatch(1).await();
            }
            place.close();
            return 0;
        } catch (ServerFailure e) {
            Console.title("FAILED: " + e.getMessage());
            place.keepLogs();
            Console.item("logs", options.home() + " (server*/error.log, sluice/sluice.log)");
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            place.close();
            return 1;
        }
    }

    private static void ownServers(TourOptions options, Workplace place) {
        Path program = options.mysqld()
                .orElseThrow(
                        () -> new ServerFailure("no server program was named; use bin/quickstart, which finds one"));
        ServerBinaries binaries = ServerBinaries.of(program, place.home());
        SplitTour tour = new SplitTour(binaries, place);
        tour.run();
        if (options.once()) {
            new FailoverTour(tour.topology(), tour.sluice()).run();
        }
    }
}
