<#-- Expressions. They are flat: which operator binds tighter tells nothing about tables, functions and variables. -->

SqlNode Expression(ExprContext exprContext) :
{
    final List<SqlNode> operands = new ArrayList<SqlNode>();
}
{
    Operand(operands)
    ( LOOKAHEAD(1) Infix() Operand(operands) )*
    { return operands.size() == 1 ? operands.get(0) : Syntax.EXPRESSION.createCall(getPos(), operands); }
}

void Infix() :
{}
{
    [ <NOT> ] ( <IN> | <BETWEEN> | <LIKE> | <RLIKE> | <REGEXP> )
|   <IS> [ <NOT> ]
|   <ESCAPE>
|   <MEMBER> <OF>
|   ( <EQ> | <NE> | <NE2> | <LT> | <GT> | <LE> | <GE> | <NULL_SAFE_EQUALS> ) [ <ALL> | <ANY> | <SOME> ]
|   <COLON_EQUALS> { notes.assignsLast(); }
|   <PLUS> | <MINUS> | <STAR> | <SLASH> | <PERCENT_REMAINDER> | <DIV> | <MOD>
|   <VERTICAL_BAR> | <AMPERSAND> | <CARET> | <LEFTSHIFT> | <RIGHTSHIFT> | <CONCAT> | <AND_AND>
|   <AND> | <OR> | <XOR>
|   <LAMBDA> | <UNQUOTING_ARROW>
}

void Operand(List<SqlNode> operands) :
{
    SqlNode e;
}
{
    ( <PLUS> | <MINUS> | <NOT> | <BANG> | <TILDE> | <BINARY> | <EXISTS> )*
    e = Atom()
    ( LOOKAHEAD(1) <COLLATE> ( CompoundIdentifier() | <HOOK> | <BINARY> ) | <AT_TIME_ZONE> [ <INTERVAL> ] <HOOK> )*
    { operands.add(e); }
}

SqlNode Atom() :
{
    final SqlNode e;
    final SqlIdentifier name;
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    // Strings that touch are one; what was a string may also be an alias.
    <HOOK> ( LOOKAHEAD(1) <HOOK> )* { return Syntax.literal(getPos()); }
|
    ( <NULL> | <TRUE> | <FALSE> ) { return Syntax.literal(getPos()); }
|
    <DEFAULT_VALUE> [ LOOKAHEAD(1) <LPAREN> CompoundIdentifier() <RPAREN> ] { return Syntax.literal(getPos()); }
|
    UserVariable() { return Syntax.literal(getPos()); }
|
    SystemVariable() { return Syntax.literal(getPos()); }
|
    [ <ROW> ] <LPAREN> Value(list) ( <COMMA> Value(list) )* <RPAREN>
    { return list.size() == 1 ? list.get(0) : SqlStdOperatorTable.ROW.createCall(getPos(), list); }
|
    e = Case() { return e; }
|
    <INTERVAL> e = Expression(ExprContext.ACCEPT_ALL) [ LOOKAHEAD(1) SimpleIdentifier() ] { return e; }
|
    <MATCH> e = Match() { return e; }
|
    <CONVERT> <LPAREN> e = Expression(ExprContext.ACCEPT_ALL)
    ( <USING> ( SimpleIdentifier() | <HOOK> | <BINARY> | <DEFAULT_VALUE> ) | <COMMA> SkipToClose() ) <RPAREN>
    { return e; }
|
    <JSON_VALUE> <LPAREN> [ AddExpressions(list, ExprContext.ACCEPT_ALL) ] SkipToClose() <RPAREN>
    { return Syntax.EXPRESSION.createCall(getPos(), list); }
|
    <NEXT> <VALUE> <FOR> name = CompoundIdentifier()
    { return Syntax.SEQUENCE.createCall(getPos(), name); }
|
    <LBRACE> SkipName() e = Expression(ExprContext.ACCEPT_ALL) <RBRACE> { return e; }
|
    name = CompoundIdentifier()
    (
        LOOKAHEAD(1) e = Call(name) { return e; }
    |
        { return name; }
    )
}

SqlNode Case() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <CASE> [ AddExpression(list, ExprContext.ACCEPT_ALL) ]
    ( <WHEN> AddExpression(list, ExprContext.ACCEPT_ALL) <THEN> AddExpression(list, ExprContext.ACCEPT_ALL) )+
    [ <ELSE> AddExpression(list, ExprContext.ACCEPT_ALL) ]
    <END>
    { return Syntax.EXPRESSION.createCall(getPos(), list); }
}

SqlNode Match() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    (
        <LPAREN> AddExpression(list, ExprContext.ACCEPT_ALL) ( <COMMA> AddExpression(list, ExprContext.ACCEPT_ALL) )* <RPAREN>
    |
        CompoundIdentifier() ( <COMMA> CompoundIdentifier() )*
    )
    <AGAINST> <LPAREN> Operand(list)
    ( LOOKAHEAD({ getToken(1).kind != IN && getToken(1).kind != WITH && getToken(1).kind != RPAREN }) Infix() Operand(list) )*
    SkipToClose() <RPAREN>
    { return Syntax.EXPRESSION.createCall(getPos(), list); }
}

/** Arguments, with the words that some functions have between them, and what may follow an aggregate. */
SqlNode Call(SqlIdentifier name) :
{
    final List<SqlNode> arguments = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    <LPAREN> { notes.calls(name); }
    [ <DISTINCT> ]
    [ Argument(arguments) ]
    (
        ( <COMMA> | <FROM> | <FOR> | <USING> | <SEPARATOR> ) Argument(arguments)
    |
        <AS> SkipToClose()
    |
        <RETURNING> SkipToClose()
    )*
    <RPAREN>
    [ LOOKAHEAD(2) <WITHIN> <GROUP> <LPAREN> OrderBy(true) <RPAREN> ]
    [ LOOKAHEAD(1) Windowed(arguments) ]
    { return createCall(name, getPos(), SqlFunctionCategory.USER_DEFINED_FUNCTION, null, arguments); }
}

void Argument(List<SqlNode> arguments) :
{
    SqlNode e;
}
{
    <STAR>
|
    [ <ALL> ] e = OrderedQueryOrExpr(ExprContext.ACCEPT_ALL) { arguments.add(e); }
    // A loadable function's argument may have a name; WEIGHT_STRING has levels.
    [
        LOOKAHEAD(1) SimpleIdentifier()
        [ LOOKAHEAD(1) <HOOK> [ <MINUS> <HOOK> ] [ LOOKAHEAD(1) ( <ASC> | <DESC> ) ] [ LOOKAHEAD(1) SimpleIdentifier() ] ]
    ]
}

void Windowed(List<SqlNode> arguments) :
{
    SqlNode e;
}
{
    <OVER> ( SimpleIdentifier() | e = WindowSpecification() { arguments.add(e); } )
}
