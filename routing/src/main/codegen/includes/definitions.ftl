<#-- Definitions and administration: the objects they name, and the query that they may run. -->

SqlNode Definition() :
{
    SqlNode e;
}
{
    ( <CREATE> | <ALTER> | <DROP> | <RENAME> | <TRUNCATE> | <MAINTAIN> ) { notes.kind(SqlFacts.Kind.DEFINITION); }
    e = Defined()
    { return e; }
}

/** SanitisedSql quotes the words before the kind of object: OR REPLACE, TEMPORARY, DEFINER and so on. */
SqlNode Defined() :
{
    final List<SqlNode> tables = new ArrayList<SqlNode>();
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    { SkipToObject(); }
    (
        <TABLE> [ <IF_EXISTS> ] DefinedTable(tables)
        (
            <LIKE> e = CompoundTableIdentifier() { list.add(Syntax.table((SqlIdentifier) e)); }
        |
            LOOKAHEAD(<LPAREN> <LIKE>) <LPAREN> <LIKE> e = CompoundTableIdentifier() <RPAREN>
            { list.add(Syntax.table((SqlIdentifier) e)); }
        |
            ( ( <COMMA> | <TO> ) DefinedTable(tables) )+
        |
            { if (toQuery(tables)) { list.add(OrderedQueryOrExpr(ExprContext.ACCEPT_ALL)); } }
        )
    |
        <VIEW> [ <IF_EXISTS> ] DefinedTable(tables)
        (
            [ Names() ] <AS> e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { list.add(e); }
        |
            ( <COMMA> DefinedTable(tables) )*
        )
    |
        ( <INDEX> | <TRIGGER> ) { if (SkipTo(ON, EOF)) { getNextToken(); tables.add(CompoundTableIdentifier()); } }
    |
        <OPAQUE>
    )
    { SkipRest(); return Syntax.statement(getPos(), tables, null, list); }
}

void DefinedTable(List<SqlNode> tables) :
{
    final SqlIdentifier table;
}
{
    table = CompoundTableIdentifier() { tables.add(table); }
}

/** Up to the word that says what kind of object it is. */
JAVACODE
void SkipToObject()
{
    while (true) {
        final int kind = getToken(1).kind;
        if (kind == EOF || kind == TABLE || kind == VIEW || kind == INDEX || kind == TRIGGER || kind == OPAQUE) {
            return;
        }
        getNextToken();
    }
}

/** Up to the query of CREATE TABLE ... AS SELECT; false if there is none. Adds what ALTER TABLE renames the table to. */
JAVACODE
boolean toQuery(List<SqlNode> tables)
{
    int depth = 0;
    while (true) {
        final int kind = getToken(1).kind;
        final int next = getToken(2).kind;
        if (kind == EOF) {
            return false;
        }
        int inner = 1;
        while (kind == LPAREN && getToken(inner).kind == LPAREN) {
            inner++;
        }
        if (depth == 0 && (getToken(inner).kind == SELECT
                || (kind == VALUES && (next == LPAREN || next == ROW))
                || (kind == WITH && (next == RECURSIVE || getToken(3).kind == AS))
                || (kind == TABLE && next == BACK_QUOTED_IDENTIFIER))) {
            return true;
        }
        depth += kind == LPAREN ? 1 : kind == RPAREN ? -1 : 0;
        getNextToken();
        if (kind == RENAME) {
            if (next == TO || next == AS || next == EQ) {
                getNextToken();
            }
            tables.add(CompoundTableIdentifier());
        }
    }
}
