// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.routing.Explanation;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSubject;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Says where a statement of nobody in particular would go, by what event loops go by. Any thread. */
record Explainer(SqlParsing parsing, Rules rules, FunctionCatalogue functions, RoutingSettings routing) {
    /** Statements that an explanation caches: the one it is about, in the smallest cache there is. */
    private static final int EXPLAINED = 4;

    Explanation explain(String sql, Topology topology) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        StatementClassifier classifier = new StatementClassifier(EXPLAINED, parsing.structures());
        Statement statement = functions.judge(classifier.classify(text, 0, text.length, LexContext.DEFAULT), null);
        Verdict verdict = new RuleMatcher(rules.set()).of(RuleSubject.NOBODY).judge(null, statement, text);
        byte[] rewritten = verdict.text();
        if (rewritten != null) {
            statement = classifier.classify(rewritten, 0, rewritten.length, LexContext.DEFAULT);
        }
        Direction direction = rules.set().hostgroups().direct(classifier.hints(), verdict.direction());
        return new Router(routing, new SplittableRandom())
                .explain(RouteRequest.ofNewSession(statement).directed(direction), topology);
    }
}
