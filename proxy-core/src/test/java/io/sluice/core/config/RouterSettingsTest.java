// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.RouterSettings.CausalScope;
import org.junit.jupiter.api.Test;

class RouterSettingsTest {
    @Test
    void tables_are_told_apart_on_demand_alone() {
        assertThat(SluiceConfig.defaults().routing().causalScope()).isEqualTo(CausalScope.ALL);
        assertThat(SluiceConfig.defaults().routing().tellsTablesApart()).isFalse();
        assertThat(read("routing: {causal_scope: table}").routing().tellsTablesApart())
                .isTrue();
        assertThat(read("routing: {causal_scope: table, causal_reads: global}")
                        .routing()
                        .tellsTablesApart())
                .isTrue();
        assertThat(read("routing: {causal_scope: table, causal_reads: off, parser_cache: 0}")
                        .routing()
                        .tellsTablesApart())
                .as("nobody's writes matter")
                .isFalse();
        assertThat(problems("routing: {causal_scope: row}"))
                .singleElement()
                .asString()
                .contains("routing.causal_scope", "all, table");
    }

    @Test
    void telling_tables_apart_takes_the_parser_and_the_catalogue() {
        assertThat(problems("routing: {causal_scope: table, parser_cache: 0, catalogue_interval: 0}"))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("routing.parser_cache", "set causal_scope to all"))
                .anySatisfy(problem -> assertThat(problem).contains("routing.catalogue_interval", "set it to 30s"));
    }
}
