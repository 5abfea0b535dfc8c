using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;

namespace SplitSqlite.Tests.Routing;

public class PragmaTests
{
    [Theory]
    [InlineData("PRAGMA cache_size=-64000", "Tuning", "None", null, "cache_size", "-64000")]
    [InlineData("PRAGMA main.cache_size(10)", "Tuning", "None", "main", "cache_size", "10")]
    [InlineData("PRAGMA temp.cache_size=10", "Private", "Private", "temp", "cache_size", "10")]
    [InlineData("PRAGMA aux.user_version=10", "Private", "Private", "aux", "user_version", "10")]
    [InlineData("PRAGMA \"Main\".[Cache_Size] == '10'", "Tuning", "None", "main", "cache_size", "10")]
    [InlineData("PRAGMA busy_timeout = +5000;", "Tuning", "None", null, "busy_timeout", "5000")]
    [InlineData("PRAGMA mmap_size=0x1000", "Tuning", "None", null, "mmap_size", "0x1000")]
    [InlineData("PRAGMA temp_store=DEFAULT", "Tuning", "None", null, "temp_store", "DEFAULT")]
    [InlineData("PRAGMA journal_size_limit=- 1", "Tuning", "None", null, "journal_size_limit", "-1")]
    [InlineData("PRAGMA wal_autocheckpoint=0", "Tuning", "None", null, "wal_autocheckpoint", "0")]
    [InlineData("PRAGMA threads=4", "Tuning", "None", null, "threads", "4")]
    [InlineData("PRAGMA analysis_limit=400", "Tuning", "None", null, "analysis_limit", "400")]
    [InlineData("PRAGMA cache_spill=off", "Tuning", "None", null, "cache_spill", "off")]
    [InlineData("PRAGMA read_uncommitted=1", "Tuning", "None", null, "read_uncommitted", "1")]
    [InlineData("PRAGMA locking_mode=Normal", "Tuning", "None", null, "locking_mode", "Normal")]
    [InlineData("PRAGMA locking_mode=EXCLUSIVE", "Refused", "Refused", null, "locking_mode", "EXCLUSIVE")]
    [InlineData("PRAGMA temp.locking_mode('exclusive')", "Refused", "Refused", "temp", "locking_mode", "exclusive")]
    [InlineData("PRAGMA locking_mode(exclusive) x", "Refused", "Refused", null, "locking_mode", null)]
    [InlineData("PRAGMA locking_mode=x", "Private", "Private", null, "locking_mode", "x")]
    [InlineData("PRAGMA synchronous=NORMAL", "Synchronous", "Private", null, "synchronous", "NORMAL")]
    [InlineData("PRAGMA journal_mode='wal'", "JournalMode", "Writer", null, "journal_mode", "wal")]
    [InlineData("PRAGMA journal_mode=DELETE", "JournalMode", "Writer", null, "journal_mode", "DELETE")]
    [InlineData("PRAGMA temp.journal_mode=MEMORY", "Private", "Private", "temp", "journal_mode", "MEMORY")]
    [InlineData("PRAGMA foreign_keys=ON", "Connection", "Private", null, "foreign_keys", "ON")]
    [InlineData("PRAGMA query_only(1)", "Connection", "Private", null, "query_only", "1")]
    [InlineData("PRAGMA case_sensitive_like=yes", "Connection", "Private", null, "case_sensitive_like", "yes")]
    [InlineData("PRAGMA max_page_count=9", "Connection", "Private", null, "max_page_count", "9")]
    [InlineData("PRAGMA user_version=5", "File", "Writer", null, "user_version", "5")]
    [InlineData("PRAGMA wal_checkpoint", "File", "Writer", null, "wal_checkpoint", null)]
    [InlineData("PRAGMA main.wal_checkpoint(TRUNCATE)", "File", "Writer", "main", "wal_checkpoint", "TRUNCATE")]
    [InlineData("PRAGMA incremental_vacuum", "File", "Writer", null, "incremental_vacuum", null)]
    [InlineData("PRAGMA soft_heap_limit=1", "File", "Writer", null, "soft_heap_limit", "1")]
    [InlineData("PRAGMA encoding='UTF-8'", "File", "Writer", null, "encoding", "UTF-8")]
    [InlineData("PRAGMA table_info(t)", "Read", "Reader", null, "table_info", "t")]
    [InlineData("PRAGMA table_info=\"a\"\"b\"", "Read", "Reader", null, "table_info", "a\"b")]
    [InlineData("PRAGMA temp.table_info(t)", "Read", "Reader", "temp", "table_info", "t")]
    [InlineData("PRAGMA integrity_check(5)", "Read", "Reader", null, "integrity_check", "5")]
    [InlineData("PRAGMA foreign_key_check", "Read", "Reader", null, "foreign_key_check", null)]
    [InlineData("PRAGMA journal_mode", "Read", "Reader", null, "journal_mode", null)]
    [InlineData("PRAGMA cache_size", "Read", "Reader", null, "cache_size", null)]
    [InlineData("PRAGMA shrink_memory", "Read", "Reader", null, "shrink_memory", null)]
    [InlineData("PRAGMA data_version", "Private", "Private", null, "data_version", null)]
    [InlineData("PRAGMA key='x'", "Private", "Private", null, "key", "x")]
    [InlineData("PRAGMA frob", "Private", "Private", null, "frob", null)]
    [InlineData("PRAGMA", "Private", "Private", null, "", null)]
    [InlineData("PRAGMA foreign_keys(0) garbage", "Private", "Private", null, "foreign_keys", null)]
    [InlineData("PRAGMA foreign_keys=0 'open", "Private", "Private", null, "foreign_keys", null)]
    [InlineData("PRAGMA foreign_keys=?", "Private", "Private", null, "foreign_keys", null)]
    [InlineData("PRAGMA foreign_keys=NULL", "Private", "Private", null, "foreign_keys", null)]
    [InlineData("PRAGMA cache_size=1_0", "Private", "Private", null, "cache_size", null)]
    [InlineData("PRAGMA foreign_keys 0", "Private", "Private", null, "foreign_keys", null)]
    public void Pragma_is_taken_apart_and_classed(string text, string pragmaClass, string route, string? schema, string name, string? argument)
    {
        var statement = Assert.Single(RoutePlanner.Plan(text).Statements);
        Assert.Equal(StatementKind.Pragma, statement.Kind);
        Assert.Equal(route, statement.Route.ToString());
        var call = Assert.IsType<PragmaCall>(statement.Pragma);
        Assert.Equal((pragmaClass, schema, name, argument), (call.Class.ToString(), call.Schema, call.Name, call.Argument));
    }

    [Theory]
    [InlineData("PRAGMA cache_size=1; PRAGMA busy_timeout=2", "None", true)]
    [InlineData("PRAGMA foreign_keys=0; SELECT 1", "Reader", true)]
    [InlineData("PRAGMA journal_mode=WAL; DELETE FROM t", "Writer", true)]
    [InlineData("PRAGMA synchronous=1; PRAGMA user_version", "Reader", true)]
    [InlineData("PRAGMA foreign_keys", "Reader", true)]
    [InlineData("PRAGMA cache_size", "Reader", true)]
    [InlineData("PRAGMA query_only", "Reader", true)]
    [InlineData("PRAGMA synchronous", "Reader", true)]
    [InlineData("PRAGMA temp.cache_size", "Reader", false)]
    [InlineData("PRAGMA journal_mode", "Reader", false)]
    [InlineData("PRAGMA user_version", "Reader", false)]
    [InlineData("PRAGMA optimize", "Writer", false)]
    [InlineData("PRAGMA frob=1", "Private", false)]
    [InlineData("cache_size=1", "Writer", false)]
    public void Plan_leaves_out_pragmas_that_the_session_decides(string text, string route, bool session)
    {
        var plan = RoutePlanner.Plan(text);
        Assert.Equal(route, plan.Route.ToString());
        Assert.Equal(session, plan.HasSessionPragmas);
    }

    [Fact]
    public void Table_has_every_pragma_that_sqlite_lists()
    {
        using var connection = Open();
        Assert.DoesNotContain(Column(connection, "SELECT name FROM pragma_pragma_list"), name => PragmaTable.Find(name) is null);
    }

    [Fact]
    public void Table_knows_columns_and_defaults_of_a_fresh_connection()
    {
        foreach (var name in Known())
        {
            using var connection = Open();
            var call = PragmaTable.Call(null, name, null);
            var (column, value) = Run(connection, $"PRAGMA {name}");
            Assert.Equal((name, call.AnswersRow), (name, column is not null));
            if (column is not null && value is not null && call.DefaultValue is not null)
            {
                Assert.Equal((name, call.ColumnName, call.DefaultValue), (name, column, value));
            }
        }
    }

    [Fact]
    public void Table_knows_which_pragmas_answer_when_set()
    {
        foreach (var name in Known().Where(name => PragmaTable.Find(name)!.Set is not (PragmaClass.Read or PragmaClass.Private)))
        {
            using var connection = Open();
            var argument = name switch { "journal_mode" => "memory", "encoding" => "'UTF-8'", "temp_store_directory" => "''", _ => "0" };
            var call = PragmaTable.Call(null, name, argument);
            var (column, _) = Run(connection, $"PRAGMA {name}={argument}");
            Assert.Equal((name, call.AnswersRow), (name, column is not null));
        }
    }

    [Fact]
    public void Value_reads_every_spelling_as_sqlite_does()
    {
        string[] spellings =
        [
            "0", "1", "2", "3", "4", "5", "7", "8", "100", "255", "256", "257", "258", "1000", "-1", "-5", "-2000", "-5000", "0x1", "0x10", "1.5", "0.9", "1e3",
            "2147483647", "2147483648", "-2147483648", "99999999999", "30000000000", "99999999999999999999", "on", "OFF", "Yes", "no", "true", "FALSE",
            "full", "extra", "normal", "exclusive", "file", "memory", "default", "fast", "wal", "w", "delete", "truncate", "persist", "abc",
            "'1 '", "' 1'", "'1x'", "''", "'0x'", "'-7 '", "'+5'",
        ];
        foreach (var name in Known().Where(name => PragmaTable.Find(name) is { AnswersBare: true, Set: PragmaClass.Tuning or PragmaClass.Connection or PragmaClass.Synchronous or PragmaClass.JournalMode }))
        {
            foreach (var spelling in spellings)
            {
                using var connection = Open();
                var before = Run(connection, $"PRAGMA {name}").Value!;
                Run(connection, $"PRAGMA {name}={spelling}");
                var after = Run(connection, $"PRAGMA {name}").Value!;
                var argument = RoutePlanner.Plan($"PRAGMA {name}={spelling}").Statements[0].Pragma!.Argument!;

                // In memory only two journal modes exist and nothing is mapped; a file can't be made smaller than it is; SQLite overflows.
                if (name is "journal_mode" or "mmap_size" or "trusted_schema" or "writable_schema" || (name == "max_page_count" && argument is "1" or "0x1") || (name == "cache_spill" && argument == "-2147483648"))
                {
                    continue;
                }

                Assert.Equal((name, spelling, after), (name, spelling, PragmaValue.Normalize(name, argument) ?? before));
                Assert.Equal((name, spelling, after == before), (name, spelling, PragmaValue.SameValue(name, before, argument)));
            }
        }
    }

    [Theory]
    [InlineData("journal_mode", "wal", "WAL", true)]
    [InlineData("journal_mode", "wal", "w", true)]
    [InlineData("journal_mode", "wal", "nonsense", true)]
    [InlineData("journal_mode", "wal", "delete", false)]
    [InlineData("mmap_size", "0", "-5", true)]
    [InlineData("mmap_size", "2147418112", "30000000000", true)]
    [InlineData("foreign_keys", "true", "1", true)]
    [InlineData("foreign_keys", "1", "off", false)]
    [InlineData("synchronous", "normal", "1", true)]
    [InlineData("temp_store", "memory", "2", true)]
    public void Value_is_the_same_in_another_spelling(string name, string current, string asked, bool same) =>
        Assert.Equal(same, PragmaValue.SameValue(name, current, asked));

    private static List<string> Known()
    {
        using var connection = Open();

        // Heap limits are the process's; not here, where other tests run.
        return Column(connection, "SELECT name FROM pragma_pragma_list").Where(name => name is not ("hard_heap_limit" or "soft_heap_limit")).ToList();
    }

    private static SqliteConnection Open()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    private static List<string> Column(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private static (string? Column, string? Value) Run(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        using var reader = command.ExecuteReader();
        return reader.FieldCount == 0 ? (null, null) : (reader.GetName(0), reader.Read() ? reader.GetValue(0).ToString() : null);
    }
}
