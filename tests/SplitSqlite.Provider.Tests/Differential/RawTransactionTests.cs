namespace SplitSqlite.Tests.Differential;

/// <summary>Transactions begun, divided and ended by words.</summary>
public sealed class RawTransactionTests
{
    /// <summary>One script a row, its commands divided by bars.</summary>
    public static TheoryData<string> Scripts => new(
        "BEGIN|INSERT INTO bag VALUES (9, 9)|COMMIT|SELECT count(*) FROM bag",
        "BEGIN TRANSACTION|INSERT INTO bag VALUES (9, 9)|END|SELECT count(*) FROM bag",
        "begin immediate transaction;|INSERT INTO bag VALUES (9, 9)|end transaction;|SELECT count(*) FROM bag",
        "BEGIN EXCLUSIVE|INSERT INTO bag VALUES (9, 9)|ROLLBACK TRANSACTION|SELECT count(*) FROM bag",
        "/* c */ BEGIN DEFERRED -- c|INSERT INTO bag VALUES (9, 9)|rollback|SELECT count(*) FROM bag",
        "BEGIN|SELECT count(*) FROM bag|BEGIN|SELECT count(*) FROM bag|COMMIT|COMMIT",
        "COMMIT|ROLLBACK|END|SELECT 1",
        "BEGIN|SELEC|SELECT count(*) FROM bag|COMMIT",
        "BEGIN|INSERT INTO bag VALUES (9, 9)|SELECT changes(), last_insert_rowid(), total_changes()|COMMIT|SELECT changes(), last_insert_rowid(), total_changes()",
        "BEGIN|INSERT INTO person(id, name) VALUES (1, 'x')|INSERT INTO bag VALUES (9, 9)|COMMIT|SELECT count(*) FROM bag",
        "BEGIN|INSERT INTO bag VALUES (9, 9)|INSERT OR ROLLBACK INTO person(id, name) VALUES (1, 'x')|INSERT INTO bag VALUES (10, 10)|COMMIT|SELECT count(*) FROM bag",
        "BEGIN|INSERT INTO bag VALUES (9, 9)|DELETE FROM person WHERE id = 3|SELECT count(*) FROM bag|ROLLBACK",
        "BEGIN|INSERT INTO bag VALUES (9, 9)|INSERT OR FAIL INTO person(id, name) VALUES (50, 'x'), (1, 'x'), (51, 'x')|COMMIT|SELECT count(*) FROM person",
        "BEGIN|INSERT OR ABORT INTO person(id, name) VALUES (50, 'x'), (1, 'x')|COMMIT|SELECT count(*) FROM person",
        "BEGIN|CREATE TABLE n(a)|INSERT INTO n VALUES (1)|ROLLBACK|SELECT * FROM n",
        "BEGIN|DROP TABLE bag|SELECT * FROM bag|ROLLBACK|SELECT * FROM bag",
        "BEGIN|INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99)|COMMIT|SELECT count(*) FROM item|INSERT INTO person(id, name) VALUES (99, 'x')|COMMIT|SELECT count(*) FROM item",
        "BEGIN|INSERT INTO child VALUES (1, 99)|COMMIT",
        "BEGIN|VACUUM|COMMIT", "BEGIN|PRAGMA foreign_keys = 0|PRAGMA foreign_keys|COMMIT|PRAGMA foreign_keys", "BEGIN|PRAGMA user_version = 7|ROLLBACK|PRAGMA user_version",
        // Top-level savepoints.
        "SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|RELEASE SAVEPOINT a|SELECT count(*) FROM bag",
        "SAVEPOINT 'a b'|INSERT INTO bag VALUES (9, 9)|ROLLBACK TO \"A B\"|RELEASE [a b]|SELECT count(*) FROM bag",
        "savepoint a|INSERT INTO bag VALUES (8, 8)|savepoint b|INSERT INTO bag VALUES (9, 9)|rollback transaction to savepoint b|release b|release a|SELECT count(*) FROM bag",
        "SAVEPOINT a|SAVEPOINT b|INSERT INTO bag VALUES (9, 9)|RELEASE a|SELECT count(*) FROM bag|RELEASE b",
        "SAVEPOINT a|SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|RELEASE a|ROLLBACK TO a|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|COMMIT|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|ROLLBACK|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|BEGIN|INSERT INTO bag VALUES (9, 9)|ROLLBACK TO a|COMMIT|SELECT count(*) FROM bag",
        "BEGIN|SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|RELEASE a|ROLLBACK|SELECT count(*) FROM bag",
        "BEGIN|SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|ROLLBACK TO a|INSERT INTO bag VALUES (10, 10)|COMMIT|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99)|RELEASE a|SELECT count(*) FROM item|INSERT INTO person(id, name) VALUES (99, 'x')|RELEASE a|SELECT count(*) FROM item",
        "SAVEPOINT a|INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99)|RELEASE a|ROLLBACK TO a|RELEASE a|SELECT count(*) FROM item",
        "SAVEPOINT a|SAVEPOINT b|INSERT INTO item(k, v, n, owner) VALUES (40, 'd', 1, 99)|RELEASE b|RELEASE a|ROLLBACK|SELECT count(*) FROM item",
        "SAVEPOINT a|INSERT OR ROLLBACK INTO person(id, name) VALUES (1, 'x')|RELEASE a|SAVEPOINT a|INSERT INTO bag VALUES (9, 9)|RELEASE a|SELECT count(*) FROM bag",
        "SAVEPOINT a|DELETE FROM person WHERE id = 3|ROLLBACK TO a|RELEASE a",
        "SAVEPOINT a|RELEASE b|ROLLBACK TO b|INSERT INTO bag VALUES (9, 9)|RELEASE a|SELECT count(*) FROM bag",
        "RELEASE a|ROLLBACK TO a|SAVEPOINT|SAVEPOINT 1|SAVEPOINT a b|SELECT 1",
        "SAVEPOINT a|CREATE TABLE n(a)|ROLLBACK TO a|SELECT * FROM n|RELEASE a",
        "SAVEPOINT a;INSERT INTO bag VALUES (9, 9)|RELEASE a;SELECT count(*) FROM bag",
        "BEGIN;SAVEPOINT a;INSERT INTO bag VALUES (9, 9);RELEASE a|COMMIT|SELECT count(*) FROM bag",
        "BEGIN; INSERT INTO bag VALUES (9, 9); SELEC|SELECT count(*) FROM bag|COMMIT|SELECT count(*) FROM bag",
        // Left open.
        "BEGIN|INSERT INTO bag VALUES (9, 9)", "SAVEPOINT a|INSERT INTO bag VALUES (9, 9)", "BEGIN", "BEGIN; SELECT 1; SELECT 2");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Words_make_the_same_transaction(string commands)
    {
        foreach (var way in (Way[])[Way.NonQuery, Way.Reader, Way.ReaderAsync])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                foreach (var text in commands.Split('|'))
                {
                    side.Execute(text.StartsWith("SELECT", StringComparison.Ordinal) || text.StartsWith("PRAGMA", StringComparison.Ordinal) ? Way.Reader : way, text);
                }

                side.Values();
            });
        }
    }

    [Fact]
    public void Begin_transaction_inside_a_raw_one_is_refused_by_sqlite()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            side.NonQuery("BEGIN");
            side.NonQuery("INSERT INTO bag VALUES (9, 9)");
            side.Try("Begin", () => side.Connection.BeginTransaction());
            side.NonQuery("COMMIT");
            side.Scalar("SELECT count(*) FROM bag");
            side.Try("Begin", () => side.Connection.BeginTransaction())?.Dispose();
        });

    [Fact]
    public void Raw_transaction_is_rolled_back_by_close()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            side.NonQuery("BEGIN IMMEDIATE");
            side.NonQuery("INSERT INTO bag VALUES (9, 9)");
            side.Do("Close", side.Connection.Close);
            side.Do("Open", side.Connection.Open);
            side.Scalar("SELECT count(*) FROM bag");
            side.NonQuery("BEGIN IMMEDIATE");
            side.NonQuery("COMMIT");
        });

    [Fact]
    public void Rows_of_an_open_reader_survive_a_rollback_only_where_the_schema_does()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            side.NonQuery("BEGIN");
            using var command = side.Command("SELECT id FROM person");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            side.NonQuery("COMMIT");
            side.Next(reader);
            side.Next(reader);
            side.Next(reader);
            side.Close(reader);
        });
}
