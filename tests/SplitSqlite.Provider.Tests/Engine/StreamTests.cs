using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Streams over stored values that outlive their data reader, their row, their transaction or their connection.</summary>
public sealed class StreamTests
{
    private const string Schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB); INSERT INTO t VALUES (1, zeroblob(100000))";
    private const string Change = "UPDATE t SET b = zeroblob(5) WHERE id = 1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stream_whose_row_was_changed_tells_its_reader_and_not_the_end_of_the_transaction(bool commit)
        => TwoProviders.Agree(Schema, (connection, answers) =>
        {
            var transaction = connection.BeginTransaction();
            var stream = Open(connection);
            answers.Run(connection, Change);
            answers.Do("end", commit ? transaction.Commit : transaction.Rollback);
            answers.Ask("read", () => stream.Read(new byte[10], 0, 10));
            answers.Do("close", stream.Dispose);
            answers.Do("dispose", transaction.Dispose);
            answers.Run(connection, "INSERT INTO t VALUES (2, NULL)");
            answers.Value(connection, "SELECT length(b) FROM t WHERE id = 1");
        });

    [Fact]
    public void Stream_outlives_its_data_reader_and_the_commit()
        => TwoProviders.Agree("CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB); INSERT INTO t VALUES (1, x'0102030405')", static (connection, answers) =>
        {
            using var transaction = connection.BeginTransaction();
            using var stream = Open(connection);
            answers.Ask("first", () => stream.ReadByte());
            answers.Do("commit", transaction.Commit);
            answers.Ask("second", () => stream.ReadByte());
            answers.Ask("position", () => stream.Position);
            answers.Ask("length", () => stream.Length);
            answers.Ask("seek", () => stream.Seek(-1, SeekOrigin.End));
            answers.Ask("last", () => stream.ReadByte());
            answers.Ask("end", () => stream.ReadByte());
        });

    [Fact]
    public void Stream_that_is_stale_keeps_the_writer_from_nobody_after_the_end_of_its_transaction()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var other = file.Open())
        {
            using (var connection = file.Open())
            {
                using var transaction = connection.BeginTransaction();
                using var stream = Open(connection);
                connection.Run(Change);
                transaction.Commit();
                Assert.True(file.Database.Gate.IsFree);
                other.Run("INSERT INTO t VALUES (2, NULL)");
            }

            other.Run("INSERT INTO t VALUES (3, NULL)");
            Assert.Equal("1,2,3", other.Value("SELECT group_concat(id) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Stream_closed_after_its_connection_gives_back_nothing_of_somebody_else()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var other = file.Open())
        {
            var connection = file.Open();
            _ = connection.BeginTransaction();
            var stream = Open(connection);
            connection.Run(Change);
            connection.Close();
            Assert.True(file.Database.Gate.IsFree);
            using (var transaction = other.BeginTransaction())
            {
                other.Run("INSERT INTO t VALUES (4, NULL)");
                stream.Dispose();
                Assert.False(file.Database.Gate.IsFree);
                other.Run("INSERT INTO t VALUES (6, NULL)");
                transaction.Commit();
            }

            using var third = file.Open();
            third.Run("INSERT INTO t VALUES (5, NULL)");
            Assert.Equal("1,4,5,6", third.Value("SELECT group_concat(id) FROM t"));
            Assert.Equal(100000L, third.Value("SELECT length(b) FROM t WHERE id = 1"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Stream_on_a_reader_keeps_it_until_it_is_closed()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open())
        {
            using (var stream = Open(connection))
            {
                Assert.Equal(1, file.Database.Readers.Rented);
                connection.Run(Change);

                // Its snapshot is from before the change.
                Assert.Equal(100000, stream.Length);
                Assert.Equal(10, stream.Read(new byte[10], 0, 10));
            }

            Assert.Equal(0, file.Database.Readers.Rented);
        }

        file.AssertIdle();
    }

    [Fact]
    public void Stream_of_a_private_session_is_there_after_others_have_committed()
    {
        using var file = new TestFile().With(Schema);
        using (var connection = file.Open())
        using (var other = file.Open())
        {
            connection.Run("CREATE TEMP TABLE own(a)");
            using var reader = connection.Reading("SELECT id, b FROM t");
            other.Run("INSERT INTO t VALUES (2, NULL)");
            using var stream = reader.GetStream(1);
            Assert.Equal(100000, stream.Length);
        }

        file.AssertIdle();
    }

    [Fact]
    public void Leaked_connection_with_a_stale_stream_is_recovered()
    {
        using var file = new TestFile("Default Timeout=10").With(Schema);
        using (var keeps = file.Open())
        {
            var recovered = LeakRecovery.Recovered;
            Leak(file);
            Schedule.Until(() =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return LeakRecovery.Recovered > recovered && file.Database.Gate.IsFree && file.Database.Sessions == 1;
            });
            keeps.Run("INSERT INTO t VALUES (2, NULL)");
            Assert.Equal(100000L, keeps.Value("SELECT length(b) FROM t WHERE id = 1"));
        }

        file.AssertIdle();
    }

    //  streams dropped and kept, of connections closed, dropped, cleared; the collector runs without a pause beside them: a use after free would end the child
    [Fact]
    public async Task Streams_that_are_dropped_or_outlive_their_dropped_connection_do_no_harm()
    {
        using var file = new TestFile();
        var rounds = Environment.GetEnvironmentVariable("SPLITSQLITE_LEAKS") ?? "40";
        var program = Path.Combine(AppContext.BaseDirectory, "SplitSqlite.CrashChild" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, ["streams", file.ConnectionString("Default Timeout=50;Max Readers=40"), rounds]) { RedirectStandardOutput = true })!;
        var output = await child.StandardOutput.ReadToEndAsync().Comes();
        await child.WaitForExitAsync().Comes();
        Assert.Equal((0, "served;"), (child.ExitCode, output.Trim()));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leak(TestFile file)
    {
        var connection = file.Open();
        _ = connection.BeginTransaction();
        _ = connection.Reading("SELECT id, b FROM t").GetStream(1);
        connection.Run(Change);
    }

    private static Stream Open(System.Data.Common.DbConnection connection)
    {
        using var reader = connection.Reading("SELECT id, b FROM t WHERE id = 1");
        var stream = reader.GetStream(1);
        Assert.False(stream is MemoryStream);
        return stream;
    }
}
