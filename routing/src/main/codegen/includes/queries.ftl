<#-- Queries: SELECT with all its clauses, set operations, tables and joins. -->

/** A query or an expression with what may stand behind it. */
SqlNode OrderByLimitOpt(SqlNode e) :
{
    SqlNodeList orderBy = null;
    SqlNode limit = null;
    SqlNode offset = null;
}
{
    [ orderBy = OrderBy(true) [ <WITH_ROLLUP> ] ]
    [
        <LIMIT> limit = Expression(ExprContext.ACCEPT_ALL)
        [ ( <COMMA> | <OFFSET> ) offset = Expression(ExprContext.ACCEPT_ALL) ]
        [ <ROWS> SkipName() Expression(ExprContext.ACCEPT_ALL) ]
    |
        <OFFSET> offset = Expression(ExprContext.ACCEPT_ALL) [ <ROW> | <ROWS> ]
        [ FetchFirst() ]
    |
        FetchFirst()
    ]
    (
        IntoClause()
    |
        LockingClause()
    |
        <PROCEDURE> CompoundIdentifier() Skipped()
    )*
    {
        if (orderBy == null && limit == null && offset == null) {
            return e;
        }
        return new SqlOrderBy(getPos(), e, orderBy == null ? SqlNodeList.EMPTY : orderBy, offset, limit);
    }
}

void FetchFirst() :
{}
{
    <FETCH> ( <FIRST> | <NEXT> )
    [ LOOKAHEAD({ getToken(1).kind != ROW && getToken(1).kind != ROWS }) Expression(ExprContext.ACCEPT_ALL) ]
    ( <ROW> | <ROWS> ) ( <ONLY> | <WITH> SkipName() )
}

void LockingClause() :
{
    SqlNode table;
}
{
    (
        <FOR_UPDATE> { notes.locks(SqlFacts.Locking.UPDATE); }
    |
        <FOR_SHARE> { notes.locks(SqlFacts.Locking.SHARE); }
    |
        <LOCK_IN_SHARE_MODE> { notes.locks(SqlFacts.Locking.SHARE); }
    )
    [ <OF> CompoundIdentifier() ( <COMMA> CompoundIdentifier() )* ]
    [ <NOWAIT> | <SKIP_LOCKED> | <WAIT> <HOOK> ]
}

void IntoClause() :
{}
{
    <INTO>
    (
        <OUTFILE> <HOOK> { notes.writesInto(); } FileFormat()
    |
        <DUMPFILE> <HOOK> { notes.writesInto(); }
    |
        IntoVariable() ( <COMMA> IntoVariable() )*
    )
}

void IntoVariable() :
{
    String name;
}
{
    name = UserVariable() { notes.writesInto(); notes.assigns(name); }
|
    CompoundIdentifier() { notes.writesInto(); }
}

/** CHARACTER SET, FIELDS and LINES with their strings. */
void FileFormat() :
{}
{
    ( SkipName() | <SET> | <HOOK> | <BY> | <BINARY> )*
}

SqlSelect SqlSelect() :
{
    final List<SqlNode> items = new ArrayList<SqlNode>();
    final Span s;
    SqlNode from = null;
    SqlNode where = null;
    SqlNodeList groupBy = null;
    SqlNode having = null;
    SqlNodeList windows = null;
}
{
    <SELECT> { s = span(); }
    ( SelectModifier() )*
    SelectItem(items) ( <COMMA> SelectItem(items) )*
    // In the middle of the query only if FROM follows or nothing that could take it.
    [ IntoClause() ]
    [ <FROM> from = TableReferences() ]
    [ where = Where() ]
    [ groupBy = GroupByClause() ]
    [ having = Having() ]
    [ windows = Window() ]
    [ <QUALIFY> Expression(ExprContext.ACCEPT_ALL) ]
    {
        return new SqlSelect(s.end(this), null, new SqlNodeList(items, getPos()), from, where, groupBy, having,
            windows, null, null, null, null, null);
    }
}

void SelectModifier() :
{}
{
    <ALL> | <DISTINCT> | <HIGH_PRIORITY> | <STRAIGHT_JOIN> | <SQL_SMALL_RESULT> | <SQL_BIG_RESULT>
|   <SQL_BUFFER_RESULT> | <SQL_CACHE> | <SQL_NO_CACHE>
|   <SQL_CALC_FOUND_ROWS> { notes.countsFoundRows(); }
}

void SelectItem(List<SqlNode> items) :
{
    SqlNode e;
}
{
    (
        <STAR> { e = SqlIdentifier.star(getPos()); }
    |
        e = Expression(ExprContext.ACCEPT_ALL)
    )
    // Literals in a row are one, together with what stands between two items: 1 AS 'a', 2 AS 'b'.
    ( [ <AS> ] ( SimpleIdentifier() | <HOOK> ) )*
    { items.add(e); }
}

SqlNodeList GroupByClause() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <GROUP> <BY> GroupItem(list) ( <COMMA> GroupItem(list) )*
    [ <WITH_ROLLUP> ]
    { return new SqlNodeList(list, getPos()); }
}

void GroupItem(List<SqlNode> list) :
{
    SqlNode e;
}
{
    e = Expression(ExprContext.ACCEPT_ALL) [ <ASC> | <DESC> ] { list.add(e); }
}

/** Rows as a query; each in parentheses, perhaps with ROW before it. */
SqlNode TableConstructor() :
{
    final List<SqlNode> rows = new ArrayList<SqlNode>();
    final Span s;
}
{
    <VALUES> { s = span(); }
    Row(rows) ( LOOKAHEAD(2) <COMMA> Row(rows) )*
    { return SqlStdOperatorTable.VALUES.createCall(s.end(this), rows); }
}

void Row(List<SqlNode> rows) :
{
    final List<SqlNode> values = new ArrayList<SqlNode>();
}
{
    [ <ROW> ] <LPAREN> [ Value(values) ( <COMMA> Value(values) )* ] <RPAREN>
    { rows.add(SqlStdOperatorTable.ROW.createCall(getPos(), values)); }
}

void Value(List<SqlNode> values) :
{
    SqlNode e;
}
{
    e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { values.add(e); }
}

void AddWithItem(List<SqlWithItem> list, SqlLiteral recursive) :
{
    final SqlIdentifier id;
    SqlNodeList columns = null;
    final SqlNode definition;
}
{
    id = SimpleIdentifier()
    [ columns = Names() ]
    <AS> <LPAREN> definition = ParenthesizedTables() <RPAREN>
    [ <CYCLE> SimpleIdentifier() ( <COMMA> SimpleIdentifier() )* SkipName() ]
    { list.add(new SqlWithItem(id.getParserPosition(), id, columns, definition, recursive)); }
}

/** What FROM, UPDATE and USING name. */
SqlNode TableReferences() :
{
    SqlNode left;
    SqlNode right;
}
{
    left = TableReference()
    (
        LOOKAHEAD(1)
        <COMMA> right = TableReference() { left = Syntax.join(left, right, null); }
    )*
    { return left; }
}

SqlNode TableReference() :
{
    SqlNode e;
}
{
    e = TableFactor() ( LOOKAHEAD(1) e = Joined(e) )*
    { return e; }
}

/** A join may have its condition after the joins that follow it, hence any number of conditions here. */
SqlNode Joined(SqlNode left) :
{
    SqlNode right;
    SqlNode condition = null;
    SqlNode more;
}
{
    (
        <STRAIGHT_JOIN>
    |
        [ <NATURAL> ] [ <INNER> | <CROSS> | ( <LEFT> | <RIGHT> | <FULL> ) [ <OUTER> ] ] <JOIN>
    )
    right = TableFactor()
    (
        LOOKAHEAD(1)
        (
            <ON> more = Expression(ExprContext.ACCEPT_ALL)
            { condition = Syntax.expression(condition, more); }
        |
            <USING> Names()
        )
    )*
    { return Syntax.join(left, right, condition); }
}

SqlNode TableFactor() :
{
    SqlNode e;
    final SqlIdentifier name;
    final List<SqlNode> operands = new ArrayList<SqlNode>();
}
{
    (
        [ <LATERAL> ] <LPAREN> e = ParenthesizedTables() <RPAREN>
        e = AliasOpt(e)
    |
        <JSON_TABLE> <LPAREN> AddExpressions(operands, ExprContext.ACCEPT_ALL) SkipToClose() <RPAREN>
        { e = Syntax.TABLE_FUNCTION.createCall(getPos(), operands); }
        e = AliasOpt(e)
    |
        <DUAL> { e = Syntax.NO_TABLE.createCall(getPos()); }
        e = AliasOpt(e)
    |
        <LBRACE> SkipName() e = TableReference() <RBRACE>
    |
        name = CompoundTableIdentifier() { e = name; }
        [ e = TableFunction(name) ]
        [ <PARTITION> Names() ]
        [ SystemTime() ]
        e = AliasOpt(e)
        [ LOOKAHEAD(2) SystemTime() ]
        [ <TABLESAMPLE> SkipName() <LPAREN> Expression(ExprContext.ACCEPT_ALL) <RPAREN> ]
        ( LOOKAHEAD(2) [ <COMMA> ] IndexHint() )*
    )
    { return e; }
}

/** No server has them in general; sequence tables and the like look so. */
SqlNode TableFunction(SqlIdentifier name) :
{
    final SqlNode call;
}
{
    call = Call(name)
    { return Syntax.TABLE_FUNCTION.createCall(getPos(), call); }
}

/** The history of a table, in MariaDB. */
void SystemTime() :
{}
{
    <FOR_SYSTEM_TIME>
    (
        <ALL>
    |
        <AS> <OF> Expression(ExprContext.ACCEPT_ALL) [ LOOKAHEAD(1) Expression(ExprContext.ACCEPT_ALL) ]
    |
        <BETWEEN> Expression(ExprContext.ACCEPT_ALL)
    |
        <FROM> Expression(ExprContext.ACCEPT_ALL) <TO> Expression(ExprContext.ACCEPT_ALL)
    )
}

SqlNode AliasOpt(SqlNode e) :
{
    final SqlIdentifier alias;
}
{
    [
        [ <AS> ] alias = SimpleIdentifier() { e = SqlStdOperatorTable.AS.createCall(getPos(), e, alias); }
        [ Names() ]
    ]
    { return e; }
}

void IndexHint() :
{}
{
    ( <USE> | <FORCE> | <IGNORE> ) ( <INDEX> | <KEY> )
    [ <FOR> ( <JOIN> | <ORDER> <BY> | <GROUP> <BY> ) ]
    <LPAREN> [ SimpleIdentifier() ( <COMMA> SimpleIdentifier() )* ] <RPAREN>
}

/** A query, or tables joined; parentheses within parentheses may be either. */
SqlNode ParenthesizedTables() :
{
    SqlNode e;
    final List<Object> list = new ArrayList<Object>();
}
{
    (
        e = Query(ExprContext.ACCEPT_ALL)
    |
        e = TableReferences() { list.add(e); }
        ( AddSetOpQuery(list, ExprContext.ACCEPT_ALL) )*
        { e = SqlParserUtil.toTree(list); }
    )
    e = OrderByLimitOpt(e)
    { return e; }
}
