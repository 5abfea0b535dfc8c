namespace SplitSqlite.Tests.Differential;

/// <summary>What a process outside of the provider does to the file, under statements that are kept prepared: the next one answers as it would plain.</summary>
public sealed class ForeignChangeTests
{
    public static TheoryData<string> Changes => new(
        "ALTER TABLE bag ADD COLUMN z DEFAULT 5",
        "ALTER TABLE bag DROP COLUMN y",
        "ALTER TABLE bag RENAME COLUMN y TO why",
        "DROP TABLE bag",
        "DROP TABLE bag; CREATE TABLE bag(only)",
        "DROP TABLE bag; CREATE TABLE bag(y, x, z); INSERT INTO bag VALUES (1, 2, 3)",
        "CREATE INDEX by_x ON bag(x)",
        "CREATE UNIQUE INDEX by_x ON bag(x)",
        "ANALYZE",
        "VACUUM",
        "PRAGMA user_version=7",
        "PRAGMA application_id=7",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "PRAGMA wal_checkpoint(RESTART)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA wal_autocheckpoint=1; INSERT INTO bag VALUES (9, 9)",
        "PRAGMA journal_mode=DELETE",
        "PRAGMA page_size=8192; VACUUM",
        "DELETE FROM bag");

    [Theory]
    [MemberData(nameof(Changes))]
    public void Kept_statements_follow_what_another_process_does(string change)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var foreign = side.OpenForeign();
            using var select = side.Command("SELECT * FROM bag");
            using var insert = side.Command("INSERT INTO bag VALUES (@a, @b)", ("@a", 50), ("@b", 51));
            using var update = side.Command("UPDATE bag SET x = x WHERE x = 50 RETURNING *");
            using var batch = side.Command("SELECT count(*) FROM bag; SELECT * FROM bag; PRAGMA user_version; PRAGMA application_id");
            Round();
            side.Try(change, () =>
            {
                using var command = foreign.CreateCommand();
                command.CommandText = change;
                return command.ExecuteScalar();
            });
            Round();
            using (var transaction = side.Connection.BeginTransaction())
            {
                side.Read("SELECT * FROM bag");
                side.NonQuery("INSERT INTO person(name) VALUES ('dan')");
                transaction.Commit();
            }

            Round();
            side.Scalar("PRAGMA journal_mode");
            side.Scalar("PRAGMA integrity_check");

            void Round()
            {
                side.Execute(Way.Reader, select);
                side.Execute(Way.NonQuery, insert);
                side.Execute(Way.Reader, update);
                side.Execute(Way.Reader, batch);
            }
        });

    [Theory]
    [InlineData("ALTER TABLE person ADD COLUMN z DEFAULT 5")]
    [InlineData("DELETE FROM person")]
    [InlineData("DROP TABLE bag")]
    [InlineData("PRAGMA wal_checkpoint(PASSIVE)")]
    public void Open_reader_goes_on_while_another_process_changes_the_file(string change)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            using var foreign = side.OpenForeign();
            using var command = side.Command("SELECT * FROM person");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            side.Do(change, () => Script.RunPlain(foreign, change));
            side.Next(reader);
            side.Next(reader);
            side.Next(reader);
            side.Close(reader);
            side.Read("SELECT * FROM person");
        });
}
