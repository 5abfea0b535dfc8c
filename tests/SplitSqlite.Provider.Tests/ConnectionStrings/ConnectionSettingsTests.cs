using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;

namespace SplitSqlite.Tests.ConnectionStrings;

public sealed class ConnectionSettingsTests
{
    [Fact]
    public void Settings_hold_what_the_text_says()
    {
        var settings = ConnectionSettings.Get(
            "Data Source=a.db;Mode=ReadWrite;Cache=Private;Password=p;Foreign Keys=False;Recursive Triggers=True;Default Timeout=5;Vfs=v;Max Readers=3;Connection Idle Lifetime=9;Journal Mode=Keep;Synchronous=Off;Routing=Writer;Group Commit=Off;Statement Cache Size=4;Interrupt On Timeout=True;Include Holder Stack Trace=True");
        Assert.Equal("a.db", settings.DataSource);
        Assert.Equal(SqliteCacheMode.Private, settings.Cache);
        Assert.Equal(new OptionSetKey("p", "v", SqliteOpenMode.ReadWrite, false, true, SplitSqliteSynchronous.Off), settings.OptionSet);
        Assert.Equal(5, settings.DefaultTimeout);
        Assert.Equal(3, settings.MaxReaders);
        Assert.Equal(TimeSpan.FromSeconds(9), settings.IdleLifetime);
        Assert.Equal(SplitSqliteJournalMode.Keep, settings.JournalMode);
        Assert.Equal(SplitSqliteRouting.Writer, settings.Routing);
        Assert.Equal(4, settings.StatementCacheSize);
        Assert.True(settings.InterruptOnTimeout);
        Assert.True(settings.IncludeHolderStackTrace);
    }

    [Fact]
    public void Pooling_off_keeps_nothing_open()
        => Assert.Equal(TimeSpan.Zero, ConnectionSettings.Get("Data Source=a.db;Pooling=False;Connection Idle Lifetime=9").IdleLifetime);

    [Fact]
    public void Option_sets_are_equal_where_they_may_share_connections()
    {
        var one = ConnectionSettings.Get("Data Source=a.db;Max Readers=3;Vfs=' '").OptionSet;
        Assert.Equal(one, ConnectionSettings.Get("Filename=a.db;Routing=Writer;Pooling=False").OptionSet);
        foreach (var other in new[] { "Password=x", "Vfs=v", "Mode=ReadOnly", "Foreign Keys=True", "Recursive Triggers=True", "Synchronous=Full" })
        {
            Assert.NotEqual(one, ConnectionSettings.Get($"Data Source=a.db;{other}").OptionSet);
        }
    }

    [Fact]
    public void Wrong_text_fails_each_time()
    {
        for (var i = 0; i < 2; i++)
        {
            Assert.Throws<ArgumentException>(() => ConnectionSettings.Get("Data Source=a.db;Nonsense=1"));
        }
    }

    [Fact]
    public void Another_synchronous_level_is_another_option_set_made_once()
    {
        var settings = ConnectionSettings.Get($"Data Source={Guid.NewGuid()}.db;Max Readers=3");
        var normal = settings.WithSynchronous(SplitSqliteSynchronous.Normal);
        Assert.Equal(settings.OptionSet with { Synchronous = SplitSqliteSynchronous.Normal }, normal.OptionSet);
        Assert.Equal(3, normal.MaxReaders);
        Assert.Same(normal, settings.WithSynchronous(SplitSqliteSynchronous.Normal));
        Assert.Same(normal, normal.WithSynchronous(SplitSqliteSynchronous.Normal));
        Assert.Same(normal, normal.WithSynchronous(SplitSqliteSynchronous.Off).WithSynchronous(SplitSqliteSynchronous.Normal));
        Assert.Null(settings.OptionSet.Synchronous);

        var full = ConnectionSettings.Get($"Data Source={Guid.NewGuid()}.db;Synchronous=Full");
        Assert.Same(full, full.WithSynchronous(SplitSqliteSynchronous.Extra).WithSynchronous(SplitSqliteSynchronous.Full));
    }

    [Fact]
    public void Password_is_not_shown()
    {
        var settings = ConnectionSettings.Get("Data Source=a.db;Password=s3cret");
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", settings.OptionSet.ToString(), StringComparison.Ordinal);
        Assert.Contains("Password = ***", settings.OptionSet.ToString(), StringComparison.Ordinal);
        Assert.Contains("Password = none", ConnectionSettings.Get("").OptionSet.ToString(), StringComparison.Ordinal);

        // What a debugger unfolds: no visible member holds it.
        const System.Reflection.BindingFlags All = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
        foreach (var holder in new object[] { settings, settings.OptionSet })
        {
            foreach (var property in holder.GetType().GetProperties(All).Where(p => !Hidden(p)))
            {
                Assert.DoesNotContain("s3cret", $"{property.GetValue(holder)}", StringComparison.Ordinal);
            }

            foreach (var field in holder.GetType().GetFields(All).Where(f => !f.Name.Contains('<', StringComparison.Ordinal) && !Hidden(f)))
            {
                Assert.DoesNotContain("s3cret", $"{field.GetValue(holder)}", StringComparison.Ordinal);
            }
        }

        static bool Hidden(System.Reflection.MemberInfo member)
            => Attribute.GetCustomAttribute(member, typeof(DebuggerBrowsableAttribute)) is DebuggerBrowsableAttribute { State: DebuggerBrowsableState.Never };
    }

    [Fact]
    public void Physical_connection_gets_the_plain_keywords_only()
    {
        var settings = ConnectionSettings.Get("Data Source=/x/a.db;Cache=Shared;Default Timeout=5;Max Readers=3;Password=p");
        Assert.Equal("Data Source=/x/a.db;Cache=Shared;Password=p;Default Timeout=5;Pooling=False", settings.ToMicrosoftDataSqliteString());
        Assert.Equal(
            "Data Source=/y/b.db;Mode=ReadOnly;Cache=Private;Password=p;Default Timeout=5;Pooling=False",
            settings.ToMicrosoftDataSqliteString(new(DataSourceKind.File, "/y/b.db"), SqliteOpenMode.ReadOnly));
    }
}
