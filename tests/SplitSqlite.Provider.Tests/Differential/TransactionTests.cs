using System.Data;
using System.Data.Common;

namespace SplitSqlite.Tests.Differential;

/// <summary>Transactions through the API.</summary>
public sealed class TransactionTests
{
    public static TheoryData<IsolationLevel> Levels => new(
        IsolationLevel.Unspecified, IsolationLevel.ReadCommitted, IsolationLevel.RepeatableRead, IsolationLevel.Serializable, IsolationLevel.Chaos, (IsolationLevel)12345);

    [Theory]
    [MemberData(nameof(Levels))]
    public void Level_gives_the_same_transaction(IsolationLevel level)
    {
        foreach (var end in (string[])["commit", "rollback", "dispose", "close", "commit async", "rollback async", "dispose async"])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                var transaction = side.Try("Begin", () => end.EndsWith("async", StringComparison.Ordinal)
                    ? side.Connection.BeginTransactionAsync(level).AsTask().GetAwaiter().GetResult()
                    : side.Connection.BeginTransaction(level));
                side.NonQuery("INSERT INTO bag VALUES (9, 9)");
                side.Scalar("SELECT count(*) FROM bag");
                if (transaction is null)
                {
                    return;
                }

                side.Try("level", () => transaction.IsolationLevel);
                side.Try("savepoints", () => transaction.SupportsSavepoints);
                side.Try("its connection", () => ReferenceEquals(transaction.Connection, side.Connection));
                End(side, transaction, end);
                After(side, transaction);
                side.Values();
            });
        }
    }

    [Fact]
    public void Deferred_transaction_is_immediate()
    {
        Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                using var transaction = side.Connection.BeginTransaction(IsolationLevel.ReadUncommitted);
                side.Try("level", () => transaction.IsolationLevel);
                var other = side.Another("B");
                other.NonQuery("UPDATE person SET age = age");
            },
            ("B NonQuery UPDATE person SET age = age => 3", "B NonQuery UPDATE person SET age = age => !SqliteException 5 locked"));
    }

    [Fact]
    public void Second_transaction_on_a_connection_is_refused()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.Try("Begin", () => side.Connection.BeginTransaction());
            side.Try("Begin snapshot-like", () => side.Connection.BeginTransaction(IsolationLevel.ReadCommitted));
            side.NonQuery("BEGIN");
            side.NonQuery("INSERT INTO bag VALUES (9, 9)");
            side.Do("Commit", transaction.Commit);
            side.Try("Begin", () => side.Connection.BeginTransaction())!.Dispose();
            side.Scalar("SELECT count(*) FROM bag");
        });

    [Fact]
    public void Savepoints_by_the_api_behave_the_same()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.Do("Save", () => transaction.Save("first"));
            side.NonQuery("INSERT INTO bag VALUES (8, 8)");
            side.Do("Save", () => transaction.Save("with \"quotes\" and spaces; --"));
            side.NonQuery("INSERT INTO bag VALUES (9, 9)");
            side.Do("Rollback to", () => transaction.Rollback("with \"quotes\" and spaces; --"));
            side.Scalar("SELECT count(*) FROM bag");
            side.Do("Release", () => transaction.Release("with \"quotes\" and spaces; --"));
            side.Do("Rollback to", () => transaction.Rollback("nothing"));
            side.Do("Release", () => transaction.Release("nothing"));
            side.Do("Save null", () => transaction.Save(null!));
            side.Do("Save empty", () => transaction.Save(""));
            side.Do("Save twice", () => transaction.Save("first"));
            side.NonQuery("INSERT INTO bag VALUES (10, 10)");
            side.Do("Rollback to", () => transaction.Rollback("first"));
            side.Do("Save async", () => transaction.SaveAsync("later").GetAwaiter().GetResult());
            side.NonQuery("DELETE FROM person WHERE id = 2");
            side.Do("Rollback async", () => transaction.RollbackAsync("LATER").GetAwaiter().GetResult());
            side.Do("Release async", () => transaction.ReleaseAsync("Later").GetAwaiter().GetResult());
            side.Do("Release", () => transaction.Release("first"));
            side.Do("Release", () => transaction.Release("first"));
            side.Do("Commit", transaction.Commit);
            side.Do("Save", () => transaction.Save("late"));
            side.Do("Rollback to", () => transaction.Rollback("first"));
            side.Do("Release", () => transaction.Release("first"));
            side.Values();
        });

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    [InlineData("END TRANSACTION")]
    [InlineData("INSERT OR ROLLBACK INTO person(id, name) VALUES (1, 'x')")]
    [InlineData("DELETE FROM person WHERE id = 3")]
    [InlineData("UPDATE OR ROLLBACK item SET v = 'a'")]
    [InlineData("SELECT 1; INSERT OR ROLLBACK INTO person(id, name) VALUES (1, 'x')")]
    public void Transaction_object_behaves_the_same_when_sql_has_ended_its_transaction(string text)
    {
        // Close after a COMMIT by SQL throws in the plain provider: see below.
        var isOver = text is "COMMIT" or "END TRANSACTION";
        foreach (var end in (string[])["commit", "rollback", isOver ? "rollback" : "close", "save"])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                var transaction = side.Connection.BeginTransaction();
                side.NonQuery("INSERT INTO bag VALUES (9, 9)");
                side.Read(text);
                side.NonQuery("INSERT INTO bag VALUES (10, 10)");
                side.Scalar("SELECT count(*) FROM bag");
                side.Try("level", () => transaction.IsolationLevel);
                side.Try("Begin", () => side.Connection.BeginTransaction());
                End(side, transaction, end);
                After(side, transaction);
            });
        }
    }

    [Fact]
    public void Dispose_of_a_transaction_that_sql_has_committed_does_not_throw()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                var transaction = side.Connection.BeginTransaction();
                side.NonQuery("COMMIT");
                side.Do("Dispose", transaction.Dispose);
                side.Do("Close", side.Connection.Close);
            },
            ("Dispose => !SqliteException 1/1 SQLite Error 1: 'cannot rollback - no transaction is active'.", "Dispose => done"));

    [Fact]
    public void Close_of_a_connection_whose_transaction_sql_has_committed_does_not_throw()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                _ = side.Connection.BeginTransaction();
                side.NonQuery("COMMIT");
                side.Do("Close", side.Connection.Close);
                side.Try("State", () => side.Connection.State);
            },
            ("Close => !SqliteException 1/1 SQLite Error 1: 'cannot rollback - no transaction is active'.", "Close => done"),
            ("State => Open", "State => Closed"));

    [Fact]
    public void Statement_that_fails_after_sql_has_committed_the_transaction_does_not_shut_the_connection()
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                var transaction = side.Connection.BeginTransaction();
                side.NonQuery("COMMIT");
                side.NonQuery("INSERT INTO person(id, name) VALUES (1, 'x')");
                side.NonQuery("DELETE FROM person WHERE 0");
                side.Do("Rollback", transaction.Rollback);
            },
            ("NonQuery DELETE FROM person WHERE 0 => !InvalidOperationException", "NonQuery DELETE FROM person WHERE 0 => 0"),
            ("Rollback => done", "Rollback => !SqliteException 1/1 SQLite Error 1: 'cannot rollback - no transaction is active'."));

    [Fact]
    public void Command_with_a_wrong_transaction_is_refused()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var other = side.Another("B");
            using var before = side.Command("SELECT count(*) FROM bag");
            var transaction = side.Connection.BeginTransaction();
            side.Execute(Way.Scalar, before);
            side.Execute(Way.NonQuery, before);
            side.Execute(Way.Reader, before);
            side.Try("made by", () => ReferenceEquals(side.Command("SELECT 1").Transaction, transaction));
            before.Transaction = transaction;
            side.Execute(Way.Scalar, before);
            using var foreign = other.Command("SELECT count(*) FROM bag");
            side.Do("set foreign", () => foreign.Transaction = transaction);
            side.Execute(Way.Scalar, foreign);
            side.Do("Commit", transaction.Commit);
            side.Execute(Way.Scalar, before);
            side.Try("still", () => ReferenceEquals(before.Transaction, transaction));
            before.Transaction = null;
            side.Execute(Way.Scalar, before);
            using var next = side.Connection.BeginTransaction();
            before.Transaction = transaction;
            side.Execute(Way.Scalar, before);
        });

    [Fact]
    public void Close_rolls_an_open_transaction_back()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.NonQuery("DELETE FROM bag");
            using var command = side.Command("SELECT * FROM person");
            var reader = command.ExecuteReader();
            side.Next(reader);
            side.Do("Close", side.Connection.Close);
            side.Try("reader closed", () => reader.IsClosed);
            After(side, transaction);
            side.Do("Dispose", transaction.Dispose);
            side.Do("Open", side.Connection.Open);
            side.Scalar("SELECT count(*) FROM bag");
            side.Values();
        });

    [Fact]
    public void Commit_with_an_open_reader_keeps_its_rows_readable()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.NonQuery("INSERT INTO person(id, name) VALUES (4, 'dan')");
            using var command = side.Command("SELECT id, name FROM person");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            side.Do("Commit", transaction.Commit);
            while (side.Next(reader))
            {
            }

            side.Close(reader);
            side.Scalar("SELECT count(*) FROM person");
        });

    [Fact]
    public void Commit_that_a_deferred_foreign_key_forbids_leaves_the_transaction_open()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.NonQuery("INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99)");
            side.Do("Commit", transaction.Commit);
            side.Try("level", () => transaction.IsolationLevel);
            side.Scalar("SELECT count(*) FROM item");
            side.NonQuery("INSERT INTO person(id, name) VALUES (99, 'late')");
            side.Do("Commit", transaction.Commit);
            After(side, transaction);
        });

    [Fact]
    public void Begin_on_a_closed_connection_is_refused()
        => Script.Same(Script.Basic, side =>
        {
            side.Try("Begin", () => side.Connection.BeginTransaction());
            side.Try("Begin", () => side.Connection.BeginTransaction(IsolationLevel.Serializable));
            side.Open();
            side.Connection.Close();
            side.Try("Begin", () => side.Connection.BeginTransaction());
        });

    internal static void End(Side side, DbTransaction transaction, string how)
        => side.Do(how, how switch
        {
            "commit" => transaction.Commit,
            "rollback" => transaction.Rollback,
            "dispose" => transaction.Dispose,
            "save" => () => transaction.Save("s"),
            "commit async" => () => transaction.CommitAsync().GetAwaiter().GetResult(),
            "rollback async" => () => transaction.RollbackAsync().GetAwaiter().GetResult(),
            "dispose async" => () => transaction.DisposeAsync().AsTask().GetAwaiter().GetResult(),
            _ => side.Connection.Close,
        });

    private static void After(Side side, DbTransaction transaction)
    {
        side.Try("level", () => transaction.IsolationLevel);
        side.Try("connection", () => transaction.Connection is null);
        side.Do("Commit", transaction.Commit);
        side.Do("Rollback", transaction.Rollback);
        if (side.Connection.State == ConnectionState.Open)
        {
            side.Scalar("SELECT count(*) FROM bag");
        }
    }
}
