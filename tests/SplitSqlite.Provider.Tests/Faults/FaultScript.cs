using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Faults;

/// <summary>
/// One script with faults run through Microsoft.Data.Sqlite and through the provider, each on a file of its own in the same mode: same values,
/// same errors by code and message, the same file afterwards; and the provider has lost no permit and serves on.
/// </summary>
internal sealed class FaultScript : IDisposable
{
    public const string Schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE other(b); INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO other VALUES (1)";

    private readonly TestFile _file;

    private FaultScript(bool isSplit, string schema, string options)
    {
        _file = new TestFile($"Vfs={FaultVfs.Name};Default Timeout=10;{options}");
        Plan = FaultVfs.PlanFor(_file.Path);
        IsSplit = isSplit;
        Connection = Connect();
        Connection.Run(schema);
        Connection.Value("SELECT count(*) FROM sqlite_schema");
    }

    /// <summary>Gets whether it is the provider's turn.</summary>
    public bool IsSplit { get; }

    public FaultPlan Plan { get; }

    /// <summary>Gets a connection that has written and read before.</summary>
    public DbConnection Connection { get; }

    public TestFile File => _file;

    /// <summary>Gets what was answered so far.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Gets the exceptions met.</summary>
    public List<Exception> Errors { get; } = [];

    /// <summary>Runs a script on both and holds that they agree.</summary>
    /// <returns>The provider's side, closed, for what only it can be asked.</returns>
    public static FaultScript Agree(Action<FaultScript> script, string schema = Schema, string options = "", bool isIntact = true)
    {
        using var plain = new FaultScript(isSplit: false, schema, options);
        plain.Play(script, isIntact);
        using var split = new FaultScript(isSplit: true, schema, options);
        split.Play(script, isIntact);
        Assert.Equal(plain.Lines, split.Lines);
        return split;
    }

    /// <summary>Opens one more connection to the same file.</summary>
    public DbConnection Connect(string more = "")
    {
        if (IsSplit)
        {
            return _file.Open(more);
        }

        // Its own autocheckpoint stays out of the way: no script writes a thousand pages.
        var keep = _file.Options.Contains("Keep", StringComparison.Ordinal);
        var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False;Vfs={FaultVfs.Name};Default Timeout=1");
        connection.Open();
        if (!keep)
        {
            connection.Run("PRAGMA journal_mode=WAL");
        }

        return connection;
    }

    /// <summary>Asks something; an error is an answer too.</summary>
    public void Ask(string what, Func<object?> ask)
    {
        string answer;
        try
        {
            answer = ask()?.ToString() ?? "nothing";
        }
        catch (SqliteException exception)
        {
            Errors.Add(exception);
            answer = $"SQLite {exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode}: {exception.Message.Split(" SplitSqlite:")[0]}";
        }
        catch (InvalidOperationException exception)
        {
            Errors.Add(exception);
            answer = nameof(InvalidOperationException);
        }

        Lines.Add($"{what}: {answer}");
    }

    public void Do(string what, Action act) => Ask(what, () =>
    {
        act();
        return null;
    });

    public void Run(string sql, DbTransaction? transaction = null) => Ask(sql, () =>
    {
        using var command = Connection.Command(sql);
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    });

    public void Value(string sql, DbTransaction? transaction = null) => Ask(sql, () =>
    {
        using var command = Connection.Command(sql);
        command.Transaction = transaction;
        return command.ExecuteScalar();
    });

    public void Dispose()
    {
        if (!Directory.Exists(_file.Folder))
        {
            return;
        }

        Connection.Dispose();
        FaultVfs.Forget(_file.Path);
        _file.Dispose();
    }

    private void Play(Action<FaultScript> script, bool isIntact)
    {
        try
        {
            script(this);
            Plan.Heal();

            // Whatever it was: the next statements work.
            Run("INSERT INTO other VALUES (99)");
            Value("SELECT count(*) FROM other");
            Value("SELECT group_concat(a) FROM t");
            using (var again = Connect())
            {
                Lines.Add("again: " + again.Value("SELECT count(*) FROM other"));
            }

            if (IsSplit)
            {
                Assert.True(_file.Database.Gate.IsFree);
            }

            Connection.Close();
            if (IsSplit)
            {
                _file.AssertIdle();
                _file.AssertFullCapacity();
                _file.Database.CloseIfUnused(force: true);
            }

            Assert.Null(FaultFile.Failure);
            if (isIntact)
            {
                _file.AssertIntact();
                using var outside = _file.OpenPlain();
                Lines.Add("outside: " + outside.Value("SELECT group_concat(a) FROM t"));
            }
        }
        finally
        {
            Plan.Heal();
        }
    }
}

/// <summary>Files of the faulty VFS, and what may not have been lost of them.</summary>
internal static class Faulty
{
    /// <summary>Makes a file with the scripts' tables whose faults a plan decides.</summary>
    public static TestFile Make(out FaultPlan plan, string options = "", string schema = FaultScript.Schema)
    {
        var file = new TestFile($"Vfs={FaultVfs.Name};Default Timeout=10;{options}");
        plan = FaultVfs.PlanFor(file.Path);
        return file.With(schema);
    }

    /// <summary>Holds that all of the pool's slots can be had at once, and the gate.</summary>
    public static void AssertFullCapacity(this TestFile file)
    {
        var sessions = new List<SplitSqliteConnection>();
        var readers = new List<DbDataReader>();
        var pool = file.Database.Readers;
        for (var i = 0; i < pool.Capacity; i++)
        {
            var session = file.Open();
            sessions.Add(session);
            readers.Add(session.Reading("SELECT 1 FROM sqlite_schema"));
        }

        Assert.Equal(file.Database.IsSplit ? pool.Capacity : 0, pool.Rented);
        Assert.Equal(0, pool.Overflow);
        using (var writer = file.Open())
        using (var transaction = writer.BeginTransaction())
        {
            Assert.False(file.Database.Gate.IsFree);
            transaction.Rollback();
        }

        readers.ForEach(static reader => reader.Dispose());
        sessions.ForEach(static session => session.Dispose());
        file.AssertIdle();
    }
}
