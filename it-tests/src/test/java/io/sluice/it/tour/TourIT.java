// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.Workplace;
import io.sluice.it.Lab;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** All that bin/quickstart --once shows; each of its claims fails the tour when it does not hold. */
class TourIT {

    @Test
    void the_tour_holds() {
        Path home = Lab.newHome("tour");
        Workplace place = new Workplace(home);
        try {
            SplitTour tour = new SplitTour(Lab.binaries(), place);
            tour.run();
            new FailoverTour(tour.topology(), tour.sluice()).run();
        } finally {
            place.close();
        }
    }
}
