// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import java.io.StringReader;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl.LexicalState;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/**
 * Parses one sanitised statement. Any thread may; each call has a parser of its own. Costs some ten to some hundred
 * microseconds and as many kilobytes, so event loops must not.
 */
public final class SqlParser {
    private static final int IDENTIFIER_LENGTH_MAX = 1 << 16;

    private SqlParser() {}

    /**
     * Empty when the grammar does not have the statement.
     *
     * @param sanitised what the caller must have bounded in length, tokens and depth
     * @param quotedNames the columns, from 1, of names that were in backticks from the beginning
     */
    public static Optional<SqlFacts> parse(String sanitised, BitSet quotedNames) {
        GeneratedParser parser = new GeneratedParser(new StringReader(sanitised));
        parser.setTabSize(1);
        parser.setConformance(SqlConformanceEnum.MYSQL_5);
        parser.setIdentifierMaxLength(IDENTIFIER_LENGTH_MAX);
        parser.setUnquotedCasing(Casing.UNCHANGED);
        parser.setQuotedCasing(Casing.UNCHANGED);
        parser.switchTo(LexicalState.BTID);
        try {
            SqlNode statement = parser.SqlStmtEof();
            TableFinder tables = new TableFinder();
            tables.visit(statement);
            return Optional.of(facts(parser.notes, tables, quotedNames));
        } catch (ParseException | TokenMgrError | RuntimeException | StackOverflowError e) {
            // The last is only for a thread whose stack is smaller than the limits on depth were made for.
            return Optional.empty();
        }
    }

    private static SqlFacts facts(ParseNotes notes, TableFinder tables, BitSet quotedNames) {
        Set<FunctionCall> calls = new LinkedHashSet<>();
        for (SqlIdentifier name : notes.calls) {
            int last = name.names.size() - 1;
            calls.add(new FunctionCall(
                    last > 0 ? name.names.get(last - 1) : null,
                    name.names.get(last),
                    quotedNames.get(name.getParserPosition().getColumnNum())));
        }
        if (notes.plansOnly) {
            tables.read().addAll(tables.written());
            tables.written().clear();
        }
        SqlFacts.Kind kind = notes.kind;
        return new SqlFacts(
                kind == null ? SqlFacts.Kind.OTHER : kind,
                tables.read(),
                tables.written(),
                calls,
                notes.userVariables,
                notes.userVariablesAssigned,
                notes.systemVariables,
                notes.systemVariablesAssigned,
                notes.locking,
                notes.into);
    }
}
