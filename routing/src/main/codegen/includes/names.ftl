<#-- Variables, lists of names, and text whose structure tells nothing. -->

/** The name of a user variable, which has been told to the notes as read. */
String UserVariable() :
{
    final String name;
}
{
    <AT_SIGN> name = Identifier() { notes.reads(name); return name; }
}

void SystemVariable() :
{
    final SqlIdentifier name;
}
{
    <TWO_AT_SIGNS> name = CompoundIdentifier() { notes.readsSystem(name.names); }
}

SqlNodeList Names() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlIdentifier id;
}
{
    <LPAREN> [ id = CompoundIdentifier() { list.add(id); } ( <COMMA> id = CompoundIdentifier() { list.add(id); } )* ] <RPAREN>
    { return new SqlNodeList(list, getPos()); }
}

/** A word that means nothing to the facts. */
void SkipName() :
{}
{
    Identifier()
}

/** All up to the parenthesis that closes the one open; queries are not passed over. */
JAVACODE
void SkipToClose()
{
    int depth = 0;
    while (true) {
        final int kind = getToken(1).kind;
        if (kind == EOF || kind == SELECT || (kind == RPAREN && depth == 0)) {
            return;
        }
        depth += kind == LPAREN ? 1 : kind == RPAREN ? -1 : 0;
        getNextToken();
    }
}

/** What is in parentheses at hand, without a look; the closing one included. */
JAVACODE
void Skipped()
{
    if (getToken(1).kind == LPAREN) {
        getNextToken();
        SkipToClose();
        getNextToken();
    }
}

JAVACODE
void SkipRest()
{
    while (getToken(1).kind != EOF) {
        getNextToken();
    }
}

/** All to the end, in which user variables are read. */
JAVACODE
void NoteVariables()
{
    while (getToken(1).kind != EOF) {
        if (getNextToken().kind == AT_SIGN) {
            notes.reads(Identifier());
        }
    }
}

/** All up to a token of one of these kinds that is not in parentheses; true if there is one. */
JAVACODE
boolean SkipTo(int first, int second)
{
    int depth = 0;
    while (true) {
        final int kind = getToken(1).kind;
        if (kind == EOF) {
            return false;
        }
        if (depth == 0 && (kind == first || kind == second)) {
            return true;
        }
        depth += kind == LPAREN ? 1 : kind == RPAREN ? -1 : 0;
        getNextToken();
    }
}
