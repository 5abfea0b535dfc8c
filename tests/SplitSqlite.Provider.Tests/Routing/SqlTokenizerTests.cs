using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

public class SqlTokenizerTests
{
    public static TheoryData<string, string> Texts() => new()
    {
        { "", "" },
        { " \t\r\n\f", "" },
        { "select a", "Word:select Word:a" },
        { "select-1", "Word:select Operator:- Number:1" },
        { "a -- b; c\n d", "Word:a Word:d" },
        { "a -- b; c", "Word:a" },
        { "a /* ; */ b", "Word:a Word:b" },
        { "a /* never closed ; b", "Word:a" },
        { "a /*/ b */ c", "Word:a Word:c" },
        { "a /**/ b", "Word:a Word:b" },
        { "a /*", "Word:a Operator:/ Operator:*" },
        { "'it''s; --'", "String:'it''s; --'" },
        { "'open", "Illegal:'open" },
        { "\"a\"\"b\" `c``d` [e ] f]", "QuotedName:\"a\"\"b\" QuotedName:`c``d` QuotedName:[e ] Word:f Illegal:]" },
        { "\"open", "Illegal:\"open" },
        { "[open", "Illegal:[open" },
        { "x'00fF' X''", "Blob:x'00fF' Blob:X''" },
        { "x'0' x'0g;' xa", "Illegal:x'0' Illegal:x'0g;' Word:xa" },
        { "1 1.5 .5 1.e3 0x1F 1e+9 1_000 1.5e-3", "Number:1 Number:1.5 Number:.5 Number:1.e3 Number:0x1F Number:1e+9 Number:1_000 Number:1.5e-3" },
        { "12ab 1e", "Illegal:12ab Illegal:1e" },
        { "t.a", "Word:t Dot:. Word:a" },
        { "? ?12 :a @b1 $c #d", "Parameter:? Parameter:?12 Parameter::a Parameter:@b1 Parameter:$c Parameter:#d" },
        { "$a::b(c;d)e", "Parameter:$a::b(c;d) Word:e" },
        { "$a(b c)", "Illegal:$a(b Word:c Close:)" },
        { ": @", "Illegal:: Illegal:@" },
        { "-> ->> || <> <= << >= >> == != = !", "Operator:-> Operator:->> Operator:|| Operator:<> Operator:<= Operator:<< Operator:>= Operator:>> Operator:== Operator:!= Operator:= Illegal:!" },
        { "(a,b);", "Open:( Word:a Comma:, Word:b Close:) Semicolon:;" },
        { "naïve 表 a$b _x é1", "Word:naïve Word:表 Word:a$b Word:_x Word:é1" },
        { "\uFEFFa\uFEFFb", "Word:a\uFEFFb" },
        { "a\0b", "Word:a" },
        { "\va", "Illegal:\v Word:a" },
        { " \va", "Word:a" },
        { "{ \\ ^", "Illegal:{ Illegal:\\ Illegal:^" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Tokenizer_cuts_where_sqlite_cuts(string text, string expected)
    {
        Assert.Equal(expected, string.Join(' ', Tokens(text)));
    }

    [Fact]
    public void Tokenizer_allocates_nothing()
    {
        const string Text = "WITH x(a) AS (SELECT 'a;b', \"q\", [z], :p FROM t /* c */) -- d\n SELECT * FROM x WHERE a >= 1.5e3;";
        Count(Text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(Text);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int Count(string text)
    {
        var count = 0;
        var tokens = new SqlTokenizer(text);
        while (tokens.Next().Kind != SqlTokenKind.End)
        {
            count++;
        }

        return count;
    }

    private static List<string> Tokens(string text)
    {
        var found = new List<string>();
        var tokens = new SqlTokenizer(text);
        for (var token = tokens.Next(); token.Kind != SqlTokenKind.End; token = tokens.Next())
        {
            found.Add($"{token.Kind}:{text[token.Start..token.End]}");
        }

        return found;
    }
}
