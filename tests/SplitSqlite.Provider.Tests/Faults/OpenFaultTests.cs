using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;
using SQLitePCL;

namespace SplitSqlite.Tests.Faults;

/// <summary>Connections that can't be opened: at first, later, in the middle of a storm; by the disk, for lack of handles, by an initializer.</summary>
public sealed class OpenFaultTests
{
    [Theory]
    [InlineData(FileWork.Open, FileKind.Main, raw.SQLITE_CANTOPEN)]
    [InlineData(FileWork.Open, FileKind.Wal, raw.SQLITE_CANTOPEN)]
    [InlineData(FileWork.ShmMap, FileKind.Main, raw.SQLITE_CANTOPEN)]
    [InlineData(FileWork.ShmMap, FileKind.Main, raw.SQLITE_IOERR_SHMSIZE)]
    [InlineData(FileWork.ShmMap, FileKind.Main, raw.SQLITE_FULL)]
    [InlineData(FileWork.Read, FileKind.Main, raw.SQLITE_IOERR_READ)]
    [InlineData(FileWork.Write, FileKind.Wal, raw.SQLITE_FULL)]
    public void Open_that_fails_is_told_as_the_plain_provider_tells_it_and_nothing_is_kept(object work, object kind, int code)
    {
        // With the plain provider some of it is met by the first statements; both together are one answer.
        var answers = new List<string>();
        foreach (var isSplit in new[] { false, true })
        {
            using var file = Faulty.Make(out var plan);
            file.Database.CloseIfUnused(force: true);
            var connectionString = $"Data Source={file.Path};Vfs={FaultVfs.Name};Pooling={isSplit};Default Timeout=1";
            plan.Fail((FileWork)work, (FileKind)kind, code, times: FaultPlan.Forever);
            answers.Add(Answer(isSplit ? new SplitSqliteConnection(connectionString) : new SqliteConnection(connectionString)));
            Assert.True(plan.Met > 0);
            if (isSplit && (FileKind)kind == FileKind.Main)
            {
                Assert.DoesNotContain(DatabaseRegistry.All(), database => database.Identity == file.Path);
                Assert.Equal(0, file.OpenDescriptors());
            }

            plan.Heal();
            using (var connection = file.Open())
            {
                connection.Run("INSERT INTO t(a) VALUES ('four')");
                Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
            }

            file.AssertIdle();
            file.AssertFullCapacity();
        }

        Assert.Equal(answers[0], answers[1]);
    }

    //  8 to 16 sessions read and write; a few opens of connections fail meanwhile: whoever asked is told, nobody else
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public async Task Connection_that_can_not_be_opened_in_a_storm_fails_its_caller_alone(int sessions)
    {
        using var file = Faulty.Make(out var plan, "Max Readers=6;Default Timeout=200");
        plan.PretendsToSync = true;
        using var anchor = file.Open();
        var errors = new ConcurrentBag<Exception>();
        var done = 0;
        var calls = 0;
        const int rounds = 60;
        var opens = plan.Count(FileWork.Open, FileKind.Main);
        plan.Fail(FileWork.Open, FileKind.Main, raw.SQLITE_CANTOPEN, after: 3, times: 12);
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(number => Schedule.OnThread(() =>
        {
            for (var n = 0; n < rounds; n++)
            {
                Interlocked.Increment(ref calls);
                try
                {
                    using var session = n % 2 == 0 ? file.Open() : file.OpenAsync().GetAwaiter().GetResult();
                    switch ((number + n) % 3)
                    {
                        case 0:
                            session.Run("INSERT INTO other VALUES (1)");
                            break;
                        case 1:
                            // Two readers at once, one of them perhaps beyond the capacity.
                            using (session.Reading("SELECT b FROM other"))
                            {
                                session.Value("SELECT count(*) FROM t");
                            }

                            break;
                        default:
                            using (var transaction = session.BeginTransaction())
                            {
                                session.Run("INSERT INTO other VALUES (2)");
                                transaction.Commit();
                            }

                            break;
                    }

                    Interlocked.Increment(ref done);
                }
                catch (SqliteException exception)
                {
                    errors.Add(exception);
                }

                if (n % 10 == number % 10)
                {
                    // Has connections opened again and again.
                    SplitSqliteConnection.ClearPool(anchor);
                }
            }
        }))).Comes();
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls} calls, {done} done, {errors.Count} failed, {plan.Count(FileWork.Open, FileKind.Main) - opens} opens, {plan.Met} faults");
        Assert.All(errors, static error => Assert.Equal(raw.SQLITE_CANTOPEN, Assert.IsType<SqliteException>(error).SqliteErrorCode));
        Assert.Equal(12, plan.Met);
        Assert.InRange(errors.Count, 1, plan.Met);
        Assert.Equal(calls, done + errors.Count);
        Assert.Null(FaultFile.Failure);
        file.AssertIdle();
        file.AssertFullCapacity();
        file.AssertIntact();
    }

    [Fact]
    public async Task Process_out_of_file_handles_fails_who_needs_one_and_serves_on_with_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs setrlimit.");
        using var file = new TestFile();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SplitSqlite.CrashChild"), ["handles", file.ConnectionString()])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_TieredCompilation"] = "0" },
        };
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync().Comes();
        await child.WaitForExitAsync().Comes();
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("as before;", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Initializer_that_throws_at_the_first_open_is_tried_again_at_the_next(int failures)
    {
        using var file = Faulty.Make(out _);
        file.Database.CloseIfUnused(force: true);
        var mine = new InvalidOperationException("by itself");
        var left = failures;
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString())
            .UsePhysicalConnectionInitializer(physical =>
            {
                Assert.True(physical.Number("SELECT count(*) FROM t") >= 3);
                if (left-- > 0)
                {
                    throw mine;
                }
            })
            .Build();
        for (var i = 0; i < failures; i++)
        {
            Assert.Same(mine, Record.Exception(source.OpenConnection));
            Assert.Equal(0, file.OpenDescriptors());
            Assert.DoesNotContain(DatabaseRegistry.All(), database => database.Identity == file.Path);
        }

        using (var connection = file.Open(source))
        {
            connection.Run("INSERT INTO t(a) VALUES ('four')");
            Assert.Equal(4L, connection.Value("SELECT count(*) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public async Task Initializer_that_throws_for_a_later_reader_or_writer_fails_that_caller_alone()
    {
        using var file = Faulty.Make(out _, "Max Readers=2");
        var mine = new InvalidOperationException("by itself");
        var fails = false;
        await using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString())
            .UsePhysicalConnectionInitializer(_ =>
            {
                if (Volatile.Read(ref fails))
                {
                    throw mine;
                }
            })
            .Build();
        using (var connection = file.Open(source))
        using (var other = file.Open(source))
        {
            using (connection.Reading("SELECT a FROM t"))
            {
                Volatile.Write(ref fails, true);

                // A second reader, one beyond the capacity, a private one; the one that is open serves on.
                Assert.Same(mine, Record.Exception(() => other.Value("SELECT 1 FROM t")));
                Assert.Same(mine, await Record.ExceptionAsync(async () => await other.Command("SELECT 1 FROM t").ExecuteScalarAsync()));
                other.Run("INSERT INTO t(a) VALUES ('four')");
                Assert.Same(mine, Record.Exception(() => connection.Value("SELECT 1 FROM t")));
                Assert.Same(mine, Record.Exception(() => other.Run("CREATE TEMP TABLE own(a)")));
                Assert.Same(mine, Record.Exception(() => other.CreateFunction("f", () => 1L)));
            }

            // The writer opened anew.
            SplitSqliteConnection.ClearPool(connection);
            Assert.Same(mine, Record.Exception(() => connection.Run("INSERT INTO t(a) VALUES ('never')")));
            Assert.Same(mine, Record.Exception(() => connection.BeginTransaction()));
            Assert.Same(mine, await Record.ExceptionAsync(async () => await connection.BeginTransactionAsync()));
            Assert.Same(mine, Record.Exception(() => connection.Value("SELECT 1 FROM t")));
            Assert.True(file.Database.Gate.IsFree);
            Assert.Equal(0, file.Database.Readers.Rented);
            Volatile.Write(ref fails, false);
            connection.Run("INSERT INTO t(a) VALUES ('five')");
            Assert.Equal("one,two,three,four,five", other.Value("SELECT group_concat(a) FROM t"));
        }

        file.AssertIdle();
    }

    [Fact]
    public void Initializer_that_throws_for_a_second_source_leaves_the_first_alone()
    {
        using var file = Faulty.Make(out _);
        var mine = new InvalidOperationException("by itself");
        using var source = new SplitSqliteDataSourceBuilder(file.ConnectionString()).UsePhysicalConnectionInitializer(_ => throw mine).Build();
        using (var connection = file.Open())
        {
            Assert.Same(mine, Record.Exception(source.OpenConnection));
            connection.Run("INSERT INTO t(a) VALUES ('four')");
            Assert.Equal(1, file.Database.Sessions);
        }

        file.AssertIdle();
        file.AssertFullCapacity();
    }

    private static string Answer(DbConnection connection)
    {
        using (connection)
        {
            try
            {
                connection.Open();
                connection.Run("PRAGMA journal_mode=WAL");
                connection.Value("SELECT count(*) FROM t");
                connection.Run("INSERT INTO t(a) VALUES ('never')");
                return "works";
            }
            catch (SqliteException exception)
            {
                return $"{exception.SqliteErrorCode}/{exception.SqliteExtendedErrorCode}: {exception.Message}";
            }
        }
    }
}
