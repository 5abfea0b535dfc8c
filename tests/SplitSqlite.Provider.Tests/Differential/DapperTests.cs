using System.Data;
using System.Data.Common;
using Dapper;

namespace SplitSqlite.Tests.Differential;

/// <summary>Dapper, which sees only ADO.NET.</summary>
public sealed class DapperTests
{
    [Fact]
    public void Queries_give_the_same() => Same((side, connection) =>
    {
        Rows(side, "Query", () => connection.Query<Person>("SELECT id, name, age FROM person"));
        Rows(side, "Query of a class", () => connection.Query<Editable>("SELECT id, name, age FROM person").Select(row => $"{row.Id} {row.Name} {row.Age}"));
        Rows(side, "Query dynamic", () => connection.Query("SELECT * FROM person").Select(row => string.Join(';', ((IDictionary<string, object?>)row).Select(pair => $"{pair.Key}={Described.Value(pair.Value)}"))));
        Rows(side, "Query scalars", () => connection.Query<long?>("SELECT age FROM person").Select(age => Described.Value(age)));
        Rows(side, "Query async", () => connection.QueryAsync<Person>("SELECT id, name, age FROM person").GetAwaiter().GetResult());
        Rows(side, "Query in list", () => connection.Query<Person>("SELECT id, name, age FROM person WHERE id IN @ids", new { ids = new[] { 1, 3 } }));
        Rows(side, "Query in empty list", () => connection.Query<Person>("SELECT id, name, age FROM person WHERE id IN @ids", new { ids = Array.Empty<int>() }));
        Rows(side, "Query multi map", () => connection.Query<Editable, Thing, string>("SELECT p.id, p.name, i.k AS Id, i.v FROM person p JOIN item i ON i.owner = p.id", (person, thing) => $"{person.Name} {thing.Id} {thing.V}"));
        side.Try("QueryFirst", () => connection.QueryFirst<Person>("SELECT id, name, age FROM person ORDER BY id DESC").ToString());
        side.Try("QueryFirst of none", () => connection.QueryFirst<Person>("SELECT id, name, age FROM person WHERE 0").ToString());
        side.Try("QueryFirstOrDefault", () => connection.QueryFirstOrDefault<Person>("SELECT id, name, age FROM person WHERE 0")?.ToString());
        side.Try("QuerySingle", () => connection.QuerySingle<string>("SELECT name FROM person WHERE id = @id", new { id = 2 }));
        side.Try("QuerySingle of many", () => connection.QuerySingle<string>("SELECT name FROM person"));
        side.Try("ExecuteScalar", () => connection.ExecuteScalar<int>("SELECT count(*) FROM person"));
        side.Try("ExecuteScalar null", () => connection.ExecuteScalar("SELECT NULL"));
        side.Try("ExecuteScalar async", () => connection.ExecuteScalarAsync<string>("SELECT name FROM person").GetAwaiter().GetResult());
        side.Try("error", () => connection.Query("SELECT * FROM nothing").Count());
        side.Try("error in a row", () => connection.Query<long>("SELECT abs(v) FROM (SELECT 1 AS v UNION ALL SELECT -9223372036854775808)").Count());
        side.Try("wrong type", () => connection.Query<int>("SELECT name FROM person").Count());
        side.Try("procedure", () => connection.Query("vacuumed").Count());
        side.Try("State", () => connection.State);
    });

    [Fact]
    public void Several_results_are_read_one_after_the_other() => Same((side, connection) =>
    {
        using (var grid = connection.QueryMultiple("SELECT id, name, age FROM person; INSERT INTO bag VALUES (@x, 1); SELECT count(*) FROM bag; SELECT 'last'", new { x = 5 }))
        {
            Rows(side, "first", () => grid.Read<Person>());
            side.Try("second", () => grid.ReadSingle<int>());
            side.Try("third", () => grid.ReadFirst<string>());
            side.Try("consumed", () => grid.IsConsumed);
            side.Try("fourth", () => grid.Read<string>().Count());
        }

        using (var grid = connection.QueryMultiple("SELECT 1; INSERT INTO bag VALUES (6, 6)"))
        {
            side.Try("only the first", () => grid.ReadFirst<int>());
        }

        side.Try("count", () => connection.ExecuteScalar<int>("SELECT count(*) FROM bag"));
    });

    [Fact]
    public void Writes_give_the_same() => Same((side, connection) =>
    {
        side.Try("Execute", () => connection.Execute("INSERT INTO bag VALUES (@X, @Y)", new { X = 1, Y = (string?)null }));
        side.Try("Execute many", () => connection.Execute("INSERT INTO bag VALUES (@X, @Y)", new[] { new { X = 1, Y = "a" }, new { X = 2, Y = "b" } }));
        side.Try("Execute async", () => connection.ExecuteAsync("UPDATE bag SET y = 'z' WHERE x = 1").GetAwaiter().GetResult());
        side.Try("id", () => connection.ExecuteScalar<long>("INSERT INTO person(name) VALUES ('dan'); SELECT last_insert_rowid()"));
        side.Try("id next", () => connection.QuerySingle<long>("SELECT last_insert_rowid()"));
        side.Try("returning", () => connection.QuerySingle<long>("INSERT INTO person(name) VALUES ('eve') RETURNING id"));
        side.Try("first of returning", () => connection.QueryFirst<long>("INSERT INTO bag VALUES (7, 7), (8, 8) RETURNING x"));
        side.Try("violation", () => connection.Execute("INSERT INTO person(id, name) VALUES (1, 'x')"));
        side.Try("script", () => connection.Execute("CREATE TABLE n(a); INSERT INTO n VALUES (1); DROP TABLE n"));
        side.Try("dates", () => connection.Execute("INSERT INTO bag VALUES (@at, @id)", new { at = new DateTime(2026, 1, 2), id = Guid.Empty }));
        var dynamic = new DynamicParameters();
        dynamic.Add("x", 99, DbType.Int64);
        dynamic.Add("y", null);
        side.Try("dynamic parameters", () => connection.Execute("INSERT INTO bag VALUES (@x, @y)", dynamic));
        if (connection.State == ConnectionState.Open)
        {
            using var transaction = connection.BeginTransaction();
            side.Try("inside", () => connection.Execute("DELETE FROM bag", transaction: transaction));
            side.Try("without", () => connection.Execute("DELETE FROM bag"));
            transaction.Rollback();
        }

        side.Try("count", () => connection.ExecuteScalar<int>("SELECT count(*) FROM bag"));
    });

    [Fact]
    public void Unbuffered_rows_can_be_abandoned() => Same((side, connection) =>
    {
        foreach (var row in connection.Query<Person>("SELECT id, name, age FROM person", buffered: false))
        {
            side.Log(row.ToString());
            if (row.Id == 2)
            {
                break;
            }
        }

        var rest = connection.QueryUnbufferedAsync<long>("SELECT id FROM person").GetAsyncEnumerator();
        side.Try("next", () => rest.MoveNextAsync().AsTask().GetAwaiter().GetResult());
        side.Do("abandoned", () => rest.DisposeAsync().AsTask().GetAwaiter().GetResult());
        using (var reader = connection.ExecuteReader("SELECT id FROM person"))
        {
            side.Try("Read", reader.Read);
        }

        side.Try("State", () => connection.State);
        side.Try("after", () => connection.Execute("INSERT INTO bag VALUES (1, 1)"));
    });

    // With a connection that is open, and with one that Dapper opens and closes.
    private static void Same(Action<Side, DbConnection> script)
    {
        foreach (var open in (bool[])[true, false])
        {
            Script.Same(Script.Basic, side =>
            {
                if (open)
                {
                    side.Open();
                }

                script(side, side.Connection);
            });
        }
    }

    private static void Rows<T>(Side side, string what, Func<IEnumerable<T>> query)
        => side.Try(what, () => query().Select(row => row?.ToString()).ToList());

    private sealed record Person(long Id, string Name, long? Age)
    {
        public Person(long id, string name, object age)
            : this(id, name, age as long?)
        {
        }
    }

    private sealed class Editable
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        public int? Age { get; set; }
    }

    private sealed class Thing
    {
        public int Id { get; set; }

        public string? V { get; set; }
    }
}
