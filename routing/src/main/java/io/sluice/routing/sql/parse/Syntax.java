// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import java.util.List;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** What the grammar builds the syntax tree with, beyond Calcite's own nodes. */
final class Syntax {
    /** Operands of an expression, whatever the operators between them. */
    static final SqlOperator EXPRESSION = new SqlSpecialOperator("EXPRESSION", SqlKind.OTHER);

    /** {@code NEXT VALUE FOR name}. */
    static final SqlOperator SEQUENCE = new SqlSpecialOperator("SEQUENCE", SqlKind.OTHER);

    /** JSON_TABLE and its like: in FROM, but no table. */
    static final SqlOperator TABLE_FUNCTION = new SqlSpecialOperator("TABLE_FUNCTION", SqlKind.OTHER);

    /** DUAL. */
    static final SqlOperator NO_TABLE = new SqlSpecialOperator("NO_TABLE", SqlKind.OTHER);

    /** A name that is a table although it stands where expressions do. */
    static final SqlOperator TABLE = new SqlSpecialOperator("TABLE", SqlKind.OTHER);

    /** Operands: a list of what is written, the tables that it is found in, a list of all else. */
    static final SqlOperator STATEMENT = new SqlSpecialOperator("STATEMENT", SqlKind.OTHER);

    /** As {@link #STATEMENT}, but what is written is told by columns. */
    static final SqlOperator UPDATE = new SqlSpecialOperator("UPDATE", SqlKind.OTHER);

    private Syntax() {}

    static SqlNode literal(SqlParserPos pos) {
        return new SqlDynamicParam(0, pos);
    }

    static SqlNode table(SqlIdentifier name) {
        return TABLE.createCall(name.getParserPosition(), name);
    }

    static @Nullable SqlNode expression(@Nullable SqlNode one, SqlNode other) {
        return one == null ? other : EXPRESSION.createCall(other.getParserPosition(), one, other);
    }

    static SqlNode join(SqlNode left, SqlNode right, @Nullable SqlNode condition) {
        JoinConditionType type = condition == null ? JoinConditionType.NONE : JoinConditionType.ON;
        return new SqlJoin(
                SqlParserPos.ZERO,
                left,
                SqlLiteral.createBoolean(false, SqlParserPos.ZERO),
                JoinType.INNER.symbol(SqlParserPos.ZERO),
                right,
                type.symbol(SqlParserPos.ZERO),
                condition);
    }

    /** The table of {@code t.*}. */
    static SqlIdentifier withoutStar(SqlIdentifier name) {
        return name.isStar() ? name.skipLast(1) : name;
    }

    static SqlIdentifier qualified(SqlIdentifier schema, SqlIdentifier table) {
        return new SqlIdentifier(
                List.of(schema.getSimple(), table.names.get(table.names.size() - 1)), SqlParserPos.ZERO);
    }

    /** A statement that writes to no table. */
    static SqlNode reading(SqlParserPos pos, @Nullable SqlNode from, @Nullable List<SqlNode> others) {
        return call(STATEMENT, pos, List.of(), from, others);
    }

    /** A statement that writes to one table. */
    static SqlNode statement(
            SqlParserPos pos, SqlIdentifier written, @Nullable SqlNode from, @Nullable List<SqlNode> others) {
        return call(STATEMENT, pos, List.of(written), from, others);
    }

    static SqlNode statement(
            SqlParserPos pos, List<SqlNode> written, @Nullable SqlNode from, @Nullable List<SqlNode> others) {
        return call(STATEMENT, pos, written, from, others);
    }

    static SqlNode update(SqlParserPos pos, List<SqlNode> columns, SqlNode from, List<SqlNode> others) {
        return call(UPDATE, pos, columns, from, others);
    }

    private static SqlNode call(
            SqlOperator operator,
            SqlParserPos pos,
            List<SqlNode> written,
            @Nullable SqlNode from,
            @Nullable List<SqlNode> others) {
        SqlNode tables = from == null ? NO_TABLE.createCall(pos) : from;
        List<SqlNode> rest = others == null ? List.of() : others;
        return operator.createCall(pos, new SqlNodeList(written, pos), tables, new SqlNodeList(rest, pos));
    }

    static void mustBeQuery(SqlNode node) throws ParseException {
        if (!node.isA(SqlKind.QUERY)) {
            throw new ParseException("not a statement");
        }
    }
}
