namespace SplitSqlite.Tests.Differential;

/// <summary>The schema changes under statements that are kept prepared, by the same connection or another.</summary>
public sealed class SchemaChangeTests
{
    public static TheoryData<string> Changes => new(
        "ALTER TABLE bag ADD COLUMN z DEFAULT 5", "ALTER TABLE bag DROP COLUMN y", "ALTER TABLE bag RENAME COLUMN y TO why", "DROP TABLE bag; CREATE TABLE bag(only)", "DROP TABLE bag; CREATE TABLE bag(y, x, z); INSERT INTO bag VALUES (1, 2, 3)",
        "DROP TABLE bag", "ALTER TABLE bag RENAME TO sack; CREATE VIEW bag AS SELECT 1 AS one", "CREATE INDEX by_x ON bag(x)", "CREATE UNIQUE INDEX by_x ON bag(x)", "ANALYZE", "VACUUM", "DELETE FROM bag", "CREATE TRIGGER t AFTER INSERT ON bag BEGIN DELETE FROM audit; END");

    [Theory]
    [MemberData(nameof(Changes))]
    public void Kept_statements_follow_the_schema(string change)
    {
        foreach (var other in (bool[])[false, true])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                var changer = other ? side.Another("B") : side;
                using var select = side.Command("SELECT * FROM bag");
                using var insert = side.Command("INSERT INTO bag VALUES (@a, @b)", ("@a", 50), ("@b", 51));
                using var update = side.Command("UPDATE bag SET x = x WHERE x = 50 RETURNING *");
                using var batch = side.Command("SELECT count(*) FROM bag; SELECT * FROM bag");
                Round();
                changer.NonQuery(change);
                Round();
                side.Read("SELECT * FROM bag");
                side.NonQuery("INSERT INTO bag VALUES (@a, @b)", ("@a", 60), ("@b", 61));
                using (var transaction = side.Connection.BeginTransaction())
                {
                    side.Read("SELECT * FROM bag");
                    side.NonQuery("ALTER TABLE person ADD COLUMN inside");
                    side.Read("SELECT * FROM person");
                    transaction.Rollback();
                }

                side.Read("SELECT * FROM person");
                Round();

                void Round()
                {
                    side.Execute(Way.Reader, select);
                    side.Execute(Way.NonQuery, insert);
                    side.Execute(Way.Reader, update);
                    side.Execute(Way.Reader, batch);
                }
            });
        }
    }

    [Fact]
    public void Schema_change_beside_an_open_reader_is_seen_by_the_next()
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var other = side.Another("B");
            using var command = side.Command("SELECT id FROM person");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            other.NonQuery("ALTER TABLE bag ADD COLUMN z DEFAULT 5");
            other.Read("SELECT * FROM bag");
            side.Next(reader);
            side.Next(reader);
            side.Next(reader);
            side.Close(reader);
            side.Read("SELECT * FROM bag");
        });
}
