using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SplitSqlite.Tests.Concurrency;

namespace SplitSqlite.Tests.Engine;

/// <summary>Data sources, their initializers, and the provider's factory.</summary>
public sealed class DataSourceTests
{
    [Fact]
    public void Initializer_is_run_once_on_every_physical_connection()
    {
        using var file = new TestFile("Default Timeout=10");
        using var copy = new TestFile();
        var initialized = new ConcurrentBag<SqliteConnection>();
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString("Max Readers=2"))
            .UsePhysicalConnectionInitializer(connection => connection.CreateFunction("answer", () => 42L, isDeterministic: true))
            .UsePhysicalConnectionInitializer(initialized.Add)
            .Build();
        using (var connection = source.OpenConnection())
        {
            // Each physical connection must know the function, or the index makes the schema unreadable.
            connection.Run("CREATE TABLE t(a); CREATE INDEX i ON t(answer() + a); INSERT INTO t VALUES (answer())");
            using (var first = connection.Reading("SELECT answer()"))
            {
                connection.Run("INSERT INTO t VALUES (2)");
                using var second = connection.Reading("SELECT answer() FROM t");
                connection.Run("INSERT INTO t VALUES (3)");

                // The third is an overflow reader: closed on its return.
                using var third = connection.Reading("SELECT answer() FROM t");
            }

            connection.Run($"VACUUM INTO '{copy.Path}'");
            using (var other = source.OpenConnection())
            {
                other.Run("CREATE TEMP TABLE own(a); INSERT INTO t SELECT answer()");
                using (connection.BeginTransaction())
                {
                    connection.Run("CREATE TEMP TABLE own(a); INSERT INTO t SELECT answer()");
                }

                // A new writer, for the last one was adopted.
                using var third = source.OpenConnection();
                third.Run("INSERT INTO t VALUES (answer())");
            }

            using (var memory = new SqliteConnection("Data Source=:memory:"))
            {
                connection.BackupDatabase(memory);
            }

            source.Clear();
            Assert.Equal(5L, connection.Value("SELECT count(*) + (answer() - 42) FROM t"));
        }

        Assert.Equal(initialized.Distinct().Count(), initialized.Count);
        Assert.True(initialized.Count >= 7, $"{initialized.Count} initialized");
        Assert.All(initialized, connection => Assert.True(connection.ConnectionString.Contains("Pooling=False", StringComparison.Ordinal)));
        SplitSqliteConnection.ClearPool(new SplitSqliteConnection(file.ConnectionString()));
    }

    [Fact]
    public void Initializer_that_fails_fails_the_open_and_leaves_nothing_behind()
    {
        using var file = new TestFile("Default Timeout=10");
        var fails = true;
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString())
            .UsePhysicalConnectionInitializer(_ =>
            {
                if (fails)
                {
                    throw new NotSupportedException("not today");
                }
            })
            .Build();
        Assert.Throws<NotSupportedException>(() => source.OpenConnection());
        if (Descriptors.CanCount)
        {
            Assert.Equal(0, file.OpenDescriptors());
        }

        fails = false;
        using (var connection = source.OpenConnection())
        {
            connection.Run("CREATE TABLE t(a)");
            fails = true;

            // The first read opens a reader.
            Assert.Throws<NotSupportedException>(() => connection.Value("SELECT count(*) FROM t"));
            Assert.Equal(0, connection.Session!.Database.Readers.Rented);
            fails = false;
            Assert.Equal(0L, connection.Value("SELECT count(*) FROM t"));
            fails = true;
            Assert.Throws<NotSupportedException>(() => connection.Run("CREATE TEMP TABLE own(a)"));
            connection.Run("INSERT INTO t VALUES (1)");
            Assert.True(connection.Session!.Database.Gate.IsFree);
        }
    }

    [Fact]
    public async Task Data_source_opens_connections_and_refuses_them_once_disposed()
    {
        using var file = new TestFile();
        var source = SplitSqliteDataSource.Create(file.ConnectionString());
        Assert.Equal(new SplitSqliteConnectionStringBuilder(file.ConnectionString()).ConnectionString, source.ConnectionString);
        using (var closed = source.CreateConnection())
        {
            Assert.Equal(ConnectionState.Closed, closed.State);
        }

        var open = source.OpenConnection();
        open.Run("CREATE TABLE t(a)");
        await using (var other = await source.OpenConnectionAsync())
        {
            Assert.Equal(1, other.Run("INSERT INTO t VALUES (1)"));
        }

        await using (var command = source.CreateCommand("SELECT count(*) FROM t"))
        {
            Assert.Equal(1L, await command.ExecuteScalarAsync());
        }

        using (var cancelled = new CancellationTokenSource())
        {
            cancelled.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.OpenConnectionAsync(cancelled.Token));
        }

        await source.DisposeAsync();
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.CreateConnection());
        Assert.Throws<ObjectDisposedException>(() => source.OpenConnection());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.OpenConnectionAsync());

        // What is open gets no new work done; what is under way is the matter of ShutdownTests.
        Assert.Throws<ObjectDisposedException>(() => open.Value("SELECT count(*) FROM t"));
        open.Dispose();
        SplitSqliteConnection.ClearPool(open);
    }

    [Fact]
    public void Clear_closes_what_is_idle_and_the_rest_as_it_comes_back()
    {
        Assert.SkipUnless(Descriptors.CanCount, "Descriptors are counted on Linux.");
        using var file = new TestFile().With("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
        using var source = SplitSqliteDataSource.Create(file.ConnectionString());
        using (var connection = source.OpenConnection())
        {
            // SQLite keeps a descriptor as long as another connection of the process has a lock on the file: counted where none is left.
            using (var reader = connection.Reading("SELECT a FROM t"))
            {
                source.Clear();
                Assert.True(reader.Read());
            }

            Assert.Equal(0, file.OpenDescriptors());
            connection.Run("INSERT INTO t VALUES (3)");
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            using (var transaction = connection.BeginTransaction())
            {
                connection.Run("INSERT INTO t VALUES (4)");
                source.Clear();
                transaction.Commit();
            }

            Assert.Equal(0, file.OpenDescriptors());
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
        }

        source.Clear();
        Assert.Equal(0, file.OpenDescriptors());
        Assert.Equal(["test.db"], Directory.EnumerateFiles(file.Folder).Select(Path.GetFileName));
        file.AssertIntact();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Factory_is_found_by_its_name(bool byTypeName)
    {
        var name = $"{SplitSqliteFactory.InvariantName}.{byTypeName}";
        if (byTypeName)
        {
            DbProviderFactories.RegisterFactory(name, typeof(SplitSqliteFactory).AssemblyQualifiedName!);
        }
        else
        {
            DbProviderFactories.RegisterFactory(name, SplitSqliteFactory.Instance);
        }

        try
        {
            using var file = new TestFile();
            var factory = DbProviderFactories.GetFactory(name);
            Assert.Same(SplitSqliteFactory.Instance, factory);
            Assert.Equal("SplitSqlite", SplitSqliteFactory.InvariantName);
            var builder = factory.CreateConnectionStringBuilder()!;
            builder["Data Source"] = file.Path;
            builder["Max Readers"] = 2;
            using var connection = factory.CreateConnection()!;
            connection.ConnectionString = builder.ConnectionString;
            connection.Open();
            Assert.Same(factory, DbProviderFactories.GetFactory(connection));
            using var command = factory.CreateCommand()!;
            command.Connection = connection;
            command.CommandText = "SELECT $a + 1";
            var parameter = Assert.IsType<SqliteParameter>(factory.CreateParameter());
            parameter.ParameterName = "$a";
            parameter.Value = 41;
            command.Parameters.Add(parameter);
            Assert.Equal(42L, command.ExecuteScalar());
            using var source = Assert.IsType<SplitSqliteDataSource>(factory.CreateDataSource(builder.ConnectionString));
            connection.Close();
            source.Clear();
        }
        finally
        {
            Assert.True(DbProviderFactories.UnregisterFactory(name));
        }
    }
}
