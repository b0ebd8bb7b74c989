<#-- Statements that read and change rows, and those around them. What each touches is in a SqlStatementNode. -->

SqlNode SqlStmt() :
{
    SqlNode e;
    SqlNodeList with = null;
}
{
    (
        with = WithList()
        (
            e = Update()
        |
            e = Delete()
        |
            e = Insert()
        |
            e = QueryAfterWith()
        )
        { e = new SqlWith(getPos(), with, e); }
    |
        e = Insert()
    |
        e = Update()
    |
        e = Delete()
    |
        { notes.kind(SqlFacts.Kind.QUERY); } e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { Syntax.mustBeQuery(e); }
    |
        e = SetVariables()
    |
        e = CallProcedure()
    |
        e = Explain()
    |
        e = Load()
    |
        e = Do()
    |
        e = Show()
    |
        e = Handler()
    |
        e = LockTables()
    |
        e = Definition()
    |
        ( <OPAQUE> | <EXECUTE> { NoteVariables(); } ) { notes.kind(SqlFacts.Kind.OTHER); } SkipRest() { e = Syntax.reading(getPos(), null, null); }
    )
    { return e; }
}

SqlNode QueryAfterWith() :
{
    SqlNode e;
}
{
    { notes.kind(SqlFacts.Kind.QUERY); } e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { return e; }
}

/** INSERT and REPLACE. */
SqlNode Insert() :
{
    final SqlIdentifier table;
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    ( <INSERT> { notes.kind(SqlFacts.Kind.INSERT); } | <REPLACE> { notes.kind(SqlFacts.Kind.REPLACE); } )
    ( <LOW_PRIORITY> | <DELAYED> | <HIGH_PRIORITY> | <IGNORE> )*
    [ <INTO> ] table = CompoundTableIdentifier()
    [ <PARTITION> Names() ]
    [ LOOKAHEAD(<LPAREN> (<BACK_QUOTED_IDENTIFIER> | <RPAREN>)) Names() ]
    (
        LOOKAHEAD( ( <VALUES> | <VALUE> ) ) ( <VALUES> | <VALUE> ) [ Row(list) ( <COMMA> Row(list) )* ]
    |
        <SET> Assignments(list, null)
    |
        e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { list.add(e); }
    )
    [ <AS> SimpleIdentifier() [ Names() ] ]
    [ <ON_DUPLICATE_KEY_UPDATE> Assignments(list, null) ]
    [ Returning(list) ]
    { return Syntax.statement(getPos(), table, null, list); }
}

void Assignments(List<SqlNode> values, List<SqlNode> columns) :
{}
{
    Assignment(values, columns) ( <COMMA> Assignment(values, columns) )*
}

void Assignment(List<SqlNode> values, List<SqlNode> columns) :
{
    final SqlIdentifier column;
    SqlNode e;
}
{
    column = CompoundIdentifier() { if (columns != null) { columns.add(column); } }
    ( <EQ> | <COLON_EQUALS> )
    e = Expression(ExprContext.ACCEPT_ALL) { values.add(e); }
}

void Returning(List<SqlNode> list) :
{}
{
    <RETURNING> SelectItem(list) ( <COMMA> SelectItem(list) )*
}

SqlNode Update() :
{
    final SqlNode from;
    final List<SqlNode> columns = new ArrayList<SqlNode>();
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <UPDATE> { notes.kind(SqlFacts.Kind.UPDATE); }
    ( <LOW_PRIORITY> | <IGNORE> )*
    from = TableReferences()
    [ <FOR> SkipName() SkipName() <FROM> Expression(ExprContext.ACCEPT_ALL) <TO> Expression(ExprContext.ACCEPT_ALL) ]
    <SET> Assignments(list, columns)
    WhereOrderLimit(list)
    [ Returning(list) ]
    { return Syntax.update(getPos(), columns, from, list); }
}

void WhereOrderLimit(List<SqlNode> list) :
{
    SqlNode e;
}
{
    [ e = Where() { list.add(e); } ]
    [ e = OrderBy(true) { list.add(e); } ]
    [ <LIMIT> e = Expression(ExprContext.ACCEPT_ALL) { list.add(e); } [ <ROWS> SkipName() <HOOK> ] ]
}

SqlNode Delete() :
{
    SqlNode from = null;
    final List<SqlNode> targets = new ArrayList<SqlNode>();
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <DELETE> { notes.kind(SqlFacts.Kind.DELETE); }
    ( <LOW_PRIORITY> | <QUICK> | <IGNORE> )*
    (
        <FROM> DeleteTarget(targets) ( <COMMA> DeleteTarget(targets) )*
        [ <USING> from = TableReferences() ]
    |
        DeleteTarget(targets) ( <COMMA> DeleteTarget(targets) )*
        <FROM> from = TableReferences()
    )
    [ <FOR> SkipName() SkipName() <FROM> Expression(ExprContext.ACCEPT_ALL) <TO> Expression(ExprContext.ACCEPT_ALL) ]
    WhereOrderLimit(list)
    [ Returning(list) ]
    { return Syntax.statement(getPos(), targets, from, list); }
}

void DeleteTarget(List<SqlNode> targets) :
{
    final SqlIdentifier table;
}
{
    table = CompoundIdentifier() { targets.add(Syntax.withoutStar(table)); }
    [ <PARTITION> Names() ]
    [ [ <AS> ] SimpleIdentifier() ]
    [ <PARTITION> Names() ]
    [ SystemTime() ]
}

SqlNode CallProcedure() :
{
    SqlNode e;
    final SqlIdentifier name;
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <CALL> { notes.kind(SqlFacts.Kind.CALL); } name = CompoundIdentifier()
    (
        e = Call(name) { list.add(e); }
    |
        { notes.calls(name); }
    )
    { return Syntax.reading(getPos(), null, list); }
}

SqlNode Do() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <DO> { notes.kind(SqlFacts.Kind.DO); } SelectItem(list) ( <COMMA> SelectItem(list) )*
    { return Syntax.reading(getPos(), null, list); }
}

/** SET with assignments; SET NAMES and all that is not one has no tables. */
SqlNode SetVariables() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e = null;
}
{
    <SET>
    (
        <STATEMENT> VariableAssignment(list) ( <COMMA> VariableAssignment(list) )* <FOR> e = SqlStmt() { return e; }
    |
        { notes.kind(SqlFacts.Kind.SET); }
        VariableAssignment(list) ( <COMMA> VariableAssignment(list) )*
    )
    { return Syntax.reading(getPos(), null, list); }
}

void VariableAssignment(List<SqlNode> list) :
{
    SqlNode e;
    String name;
    String scope = "";
    SqlIdentifier system;
}
{
    name = UserVariable() { notes.assigns(name); } ( <EQ> | <COLON_EQUALS> ) e = Expression(ExprContext.ACCEPT_ALL) { list.add(e); }
|
    [ <TWO_AT_SIGNS> | <GLOBAL> { scope = "global"; } | <SESSION> ] system = CompoundIdentifier()
    (
        ( <EQ> | <COLON_EQUALS> ) { notes.assignsSystem(scope, system.names); }
        (
            LOOKAHEAD(( <ON> | <ALL> | <BINARY> ) ( <COMMA> | <EOF> )) ( <ON> | <ALL> | <BINARY> )
        |
            e = Expression(ExprContext.ACCEPT_ALL) { list.add(e); }
        )
    |
        // NAMES utf8mb4 COLLATE x, PASSWORD FOR u = p, ROLE r, TRANSACTION READ ONLY and so on.
        ( SkipValue() )*
        [ ( <EQ> | <COLON_EQUALS> ) e = Expression(ExprContext.ACCEPT_ALL) { list.add(e); } ]
    )
    // REPLACE 'x' RETAIN CURRENT PASSWORD
    ( SkipName() | <HOOK> | <REPLACE> )*
|
    <DEFAULT_VALUE> SkipName() SkipRest()
}

void SkipValue() :
{}
{
    SimpleIdentifier() | <HOOK> | <COLLATE> | <ALL> | <FOR> | <TO> | <DEFAULT_VALUE> | <BINARY> | <SET> | <AT_SIGN> | <ON> | <NULL> | <LPAREN> | <RPAREN>
|   <READ> | <WRITE> | <GROUP>
}

SqlNode Explain() :
{
    SqlNode e = null;
    SqlIdentifier table = null;
}
{
    ( <EXPLAIN> { notes.explains(false); } | <ANALYZE> { notes.explains(true); } )
    ( SkipName() [ <EQ> ( SkipName() | <HOOK> ) ] | <INTO> IntoVariable() | <FOR> )*
    e = SqlStmt()
    { return e; }
|
    <DESCRIBE> { notes.kind(SqlFacts.Kind.EXPLAIN); } table = CompoundTableIdentifier() SkipRest()
    { return Syntax.reading(getPos(), table, null); }
}

SqlNode Load() :
{
    SqlIdentifier table = null;
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <LOAD> { notes.kind(SqlFacts.Kind.LOAD); SkipTo(TABLE, EOF); }
    <TABLE> table = CompoundTableIdentifier()
    { SkipTo(SET, EOF); }
    [ <SET> Assignments(list, null) ]
    { SkipRest(); return Syntax.statement(getPos(), table, null, list); }
}

/** The table that the statement shows, and what its WHERE says. */
SqlNode Show() :
{
    SqlIdentifier table = null;
    SqlIdentifier schema = null;
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    <SHOW> { notes.kind(SqlFacts.Kind.SHOW); }
    (
        <TABLE> table = CompoundTableIdentifier()
        [ ( <FROM> | <IN> ) schema = SimpleIdentifier() { table = Syntax.qualified(schema, table); } ]
    |
        { SkipTo(WHERE, EOF); }
    )
    [ <WHERE> e = Expression(ExprContext.ACCEPT_ALL) { list.add(e); } ]
    { SkipRest(); return Syntax.reading(getPos(), table, list); }
}

SqlNode Handler() :
{
    final SqlIdentifier table;
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    <HANDLER> { notes.kind(SqlFacts.Kind.HANDLER); } table = CompoundTableIdentifier()
    { SkipTo(WHERE, EOF); }
    [ e = Where() { list.add(e); } ]
    { SkipRest(); return Syntax.reading(getPos(), table, list); }
}

SqlNode LockTables() :
{
    final List<SqlNode> reads = new ArrayList<SqlNode>();
    final List<SqlNode> writes = new ArrayList<SqlNode>();
}
{
    <LOCKED_TABLES> { notes.kind(SqlFacts.Kind.LOCK); }
    LockedTable(reads, writes) ( <COMMA> LockedTable(reads, writes) )*
    { SkipRest(); return Syntax.statement(getPos(), writes, null, reads); }
}

void LockedTable(List<SqlNode> reads, List<SqlNode> writes) :
{
    final SqlIdentifier table;
}
{
    table = CompoundTableIdentifier() [ [ <AS> ] SimpleIdentifier() ]
    (
        <READ> [ <LOCAL> ] { reads.add(Syntax.table(table)); }
    |
        [ <LOW_PRIORITY> ] <WRITE> { writes.add(table); }
    )
}
