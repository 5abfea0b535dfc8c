namespace SplitSqlite.Tests.ConnectionStrings;

public sealed class UnknownKeywordTests
{
    [Theory]
    [InlineData("Max Pool Size", "'Max Readers'")]
    [InlineData("Maximum Pool Size", "'Max Readers'")]
    [InlineData("MaxPoolSize", "'Max Readers'")]
    [InlineData("Min Pool Size", "'Max Readers'")]
    [InlineData("Version", "Leave it out")]
    [InlineData("Busy Timeout", "'Default Timeout', which is in seconds")]
    [InlineData("BusyTimeout", "'Default Timeout', which is in seconds")]
    [InlineData("Timeout", "'Default Timeout', which is in seconds")]
    [InlineData("Journal_Mode", "'Journal Mode'")]
    [InlineData("JournalMode", "'Journal Mode'")]
    [InlineData("Sync", "'Synchronous'")]
    [InlineData("Read Only", "'Mode=ReadOnly'")]
    [InlineData("ReadOnly", "'Mode=ReadOnly'")]
    [InlineData("FailIfMissing", "'Mode=ReadWrite'")]
    [InlineData("New", "'Mode=ReadWriteCreate'")]
    [InlineData("BinaryGUID", "Leave it out")]
    [InlineData("DateTimeFormat", "Leave it out")]
    [InlineData("Page Size", "PRAGMA page_size")]
    [InlineData("Cache Size", "PRAGMA cache_size")]
    [InlineData("Enlist", "Leave it out")]
    [InlineData("UTF8Encoding", "PRAGMA encoding")]
    [InlineData("UseUTF16Encoding", "PRAGMA encoding")]
    [InlineData("Foreign_Keys", "'Foreign Keys'")]
    [InlineData("ForeignKey", "'Foreign Keys'")]
    [InlineData("Max Reader", "'Max Readers'")]
    [InlineData("Pool", "'Pooling'")]
    [InlineData("Pasword", "'Password'")]
    [InlineData("Datasorce", "'Data Source'")]
    [InlineData("Fiel Name", "'Data Source'")]
    [InlineData("Comand Timeout", "'Default Timeout'")]
    [InlineData("Synchronuos", "'Synchronous'")]
    [InlineData("Statement Cache", "'Statement Cache Size'")]
    public void Unknown_keyword_is_named_and_says_what_to_write(string keyword, string advice)
    {
        var e = Assert.Throws<ArgumentException>(() => new SplitSqliteConnectionStringBuilder($"Data Source=a.db;{keyword}=1"));
        Assert.Contains($"'{keyword}'", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nonsense")]
    [InlineData("X")]
    [InlineData("---")]
    [InlineData("Quorum")]
    [InlineData("Max WAL Size")]
    [InlineData("Slow Writer Threshold")]
    [InlineData("Slow Reader Threshold")]
    public void Keyword_like_no_other_is_named_without_a_guess(string keyword)
    {
        var e = Assert.Throws<ArgumentException>(() => new SplitSqliteConnectionStringBuilder { [keyword] = 1 });
        Assert.Equal($"Connection string keyword '{keyword}' is not supported.", e.Message);
    }

    [Fact]
    public void Very_long_keyword_is_refused_at_once()
        => Assert.Throws<ArgumentException>(() => new SplitSqliteConnectionStringBuilder { [new string('x', 1_000_000)] = 1 });
}
