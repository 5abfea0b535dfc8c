using System.ComponentModel;
using SplitSqlite.ConnectionStrings;

namespace SplitSqlite.Tests.ConnectionStrings;

public sealed class OwnKeywordTests
{
    [Fact]
    public void Defaults_are_those_of_the_design()
    {
        var builder = new SplitSqliteConnectionStringBuilder();
        Assert.Equal(Math.Max(4, Environment.ProcessorCount), builder.MaxReaders);
        Assert.Equal(60, builder.ConnectionIdleLifetime);
        Assert.Equal(SplitSqliteJournalMode.Wal, builder.JournalMode);
        Assert.Null(builder.Synchronous);
        Assert.Equal(SplitSqliteRouting.Auto, builder.Routing);
        Assert.Equal(128, builder.StatementCacheSize);
        Assert.False(builder.InterruptOnTimeout);
        Assert.False(builder.IncludeHolderStackTrace);
        Assert.Equal("", builder.ConnectionString);
    }

    [Fact]
    public void Text_sets_every_property_and_comes_back()
    {
        var builder = new SplitSqliteConnectionStringBuilder(
            "max readers=2;CONNECTION IDLE LIFETIME=0;Journal Mode=keep;Synchronous=normal;Routing=writer;group commit=off;Statement Cache Size=0;Interrupt On Timeout=true;Include Holder Stack Trace=TRUE;Data Source=a.db");
        Assert.Equal(2, builder.MaxReaders);
        Assert.Equal(0, builder.ConnectionIdleLifetime);
        Assert.Equal(SplitSqliteJournalMode.Keep, builder.JournalMode);
        Assert.Equal(SplitSqliteSynchronous.Normal, builder.Synchronous);
        Assert.Equal(SplitSqliteRouting.Writer, builder.Routing);
        Assert.Equal(0, builder.StatementCacheSize);
        Assert.True(builder.InterruptOnTimeout);
        Assert.True(builder.IncludeHolderStackTrace);
        Assert.Equal(
            "Data Source=a.db;Max Readers=2;Connection Idle Lifetime=0;Journal Mode=Keep;Synchronous=Normal;Routing=Writer;Group Commit=Off;Statement Cache Size=0;Interrupt On Timeout=True;Include Holder Stack Trace=True",
            builder.ConnectionString);
        Assert.Equal(builder.ConnectionString, new SplitSqliteConnectionStringBuilder(builder.ConnectionString).ConnectionString);
        Assert.Equal("Data Source=a.db;Pooling=False", builder.ToMicrosoftDataSqliteString());
    }

    [Theory]
    [InlineData("Synchronous", "2", SplitSqliteSynchronous.Full)]
    [InlineData("Synchronous", 3, SplitSqliteSynchronous.Extra)]
    [InlineData("Synchronous", SplitSqliteSynchronous.Off, SplitSqliteSynchronous.Off)]
    [InlineData("Synchronous", "", null)]
    [InlineData("Journal Mode", "WAL", SplitSqliteJournalMode.Wal)]
    [InlineData("Journal Mode", 1, SplitSqliteJournalMode.Keep)]
    [InlineData("Max Readers", " 8 ", 8)]
    [InlineData("Max Readers", 8L, 8)]
    [InlineData("Interrupt On Timeout", 1, true)]
    public void Value_is_converted(string keyword, object value, object? expected)
    {
        var builder = new SplitSqliteConnectionStringBuilder { [keyword] = value };
        Assert.Equal(expected, builder[keyword]);
    }

    [Theory]
    [InlineData("Max Readers", "0", true, "at least 1")]
    [InlineData("Max Readers", -5, true, "at least 1")]
    [InlineData("Max Readers", "many", false, "'many'")]
    [InlineData("Max Readers", 5_000_000_000L, false, "whole number")]
    [InlineData("Max Readers", "99999999999", false, "whole number")]
    [InlineData("Max Readers", 1.5, false, "whole number")]
    [InlineData("Connection Idle Lifetime", "-1", true, "at least 0")]
    [InlineData("Statement Cache Size", "-1", true, "at least 0")]
    [InlineData("Journal Mode", "DELETE", false, "Wal or Keep, not 'DELETE'")]
    [InlineData("Journal Mode", "WAL2", false, "Journal Mode=Keep")]
    [InlineData("Journal Mode", "Wal,Keep", false, "Wal or Keep")]
    [InlineData("Journal Mode", "7", true, "Wal or Keep")]
    [InlineData("Journal Mode", SplitSqliteRouting.Auto, false, "Wal or Keep")]
    [InlineData("Synchronous", "ON", false, "Off, Normal, Full or Extra, not 'ON'")]
    [InlineData("Synchronous", 4, true, "Off, Normal, Full or Extra")]
    [InlineData("Routing", "Reader", false, "Auto or Writer")]
    [InlineData("Routing", "", false, "Auto or Writer")]
    [InlineData("Include Holder Stack Trace", "yes", false, "True or False")]
    public void Wrong_value_is_an_argument_exception_that_names_keyword_and_what_is_allowed(string keyword, object value, bool outOfRange, string part)
    {
        var builder = new SplitSqliteConnectionStringBuilder();
        var e = Assert.ThrowsAny<ArgumentException>(() => builder[keyword] = value);
        Assert.Equal(outOfRange, e is ArgumentOutOfRangeException);
        Assert.Contains($"'{keyword}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Equal("", builder.ConnectionString);
    }

    [Fact]
    public void Properties_refuse_what_the_text_refuses()
    {
        var builder = new SplitSqliteConnectionStringBuilder();
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.MaxReaders = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.ConnectionIdleLifetime = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.StatementCacheSize = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.JournalMode = (SplitSqliteJournalMode)9);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Synchronous = (SplitSqliteSynchronous)9);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Routing = (SplitSqliteRouting)9);
        Assert.Equal("", builder.ConnectionString);
        Assert.Equal(new SplitSqliteConnectionStringBuilder().Values.Cast<object?>(), builder.Values.Cast<object?>());
    }

    [Fact]
    public void Every_keyword_has_a_property_that_sets_it()
    {
        foreach (var keyword in ConnectionStringKeywords.All)
        {
            var property = TypeDescriptor.GetProperties(typeof(SplitSqliteConnectionStringBuilder)).Cast<PropertyDescriptor>().Single(p => p.DisplayName == keyword.Name);
            var builder = new SplitSqliteConnectionStringBuilder();
            var value = keyword.DefaultValue ?? (property.PropertyType == typeof(string) ? "x" : Enum.ToObject(Nullable.GetUnderlyingType(property.PropertyType) is { IsEnum: true } type ? type : typeof(DayOfWeek), 1));
            builder[keyword.Name] = value;
            Assert.True(builder.ShouldSerialize(keyword.Name), keyword.Name);
            Assert.Equal(builder[keyword.Name], builder.GetType().GetProperty(property.Name)!.GetValue(builder));
            Assert.True(builder.Remove(keyword.Name), keyword.Name);
            Assert.Equal(keyword.DefaultValue, builder.GetType().GetProperty(property.Name)!.GetValue(builder));
        }
    }

    [Fact]
    public void Error_about_a_value_never_shows_a_password()
    {
        var e = Assert.ThrowsAny<Exception>(() => new SplitSqliteConnectionStringBuilder("Password=s3cret;Mode=nope"));
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
        e = Assert.ThrowsAny<Exception>(() => new SplitSqliteConnectionStringBuilder { Password = "s3cret\0" });
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }
}
