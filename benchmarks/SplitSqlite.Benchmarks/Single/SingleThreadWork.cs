using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Single;

/// <summary>
/// One thread's work, done by each side on a file of its own. The methods of the subclasses are named after the sides: <c>Split</c>,
/// <c>Plain</c> (the baseline) and, where SQLite alone has something to say, <c>Raw</c>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet disposes by GlobalCleanup.")]
[MemoryDiagnoser(displayGenColumns: false)]
public abstract class SingleThreadWork
{
    private string? _folder;
    private BenchFile? _split;
    private BenchFile? _plain;
    private RawDatabase? _raw;
    private long _count;

    private protected virtual Synchronous Synchronous => Synchronous.Full;

    private protected BenchFile SplitFile => _split!;

    private protected BenchFile PlainFile => _plain!;

    private protected RawDatabase RawDatabase => _raw!;

    [GlobalSetup]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("splitsqlite-single-").FullName;
        _split = BenchFile.Create(Side.Split, Synchronous, _folder);
        _plain = BenchFile.Create(Side.Plain, Synchronous, _folder);
        var forRaw = BenchFile.Create(Side.Raw, Synchronous, _folder);
        _split.Warm(1);
        _plain.Warm(1);
        _raw = new RawDatabase(forRaw.Path, Synchronous);
        Prepare();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        Release();
        _split!.Verify(1);
        _plain!.Verify(1);
        _raw!.Dispose();
        _split.DisposeAsync().AsTask().Wait();
        _plain.DisposeAsync().AsTask().Wait();
        Directory.Delete(_folder!, recursive: true);
    }

    /// <summary>Ids of users, each in turn.</summary>
    private protected long NextUser() => (_count++ % BenchFile.Users) + 1;

    private protected virtual void Prepare()
    {
    }

    private protected virtual void Release()
    {
    }
}

/// <summary>Work on a connection that stays open.</summary>
public abstract class OpenConnectionWork : SingleThreadWork
{
    private protected System.Data.Common.DbConnection SplitConnection { get; private set; } = null!;

    private protected System.Data.Common.DbConnection PlainConnection { get; private set; } = null!;

    private protected override void Prepare()
    {
        SplitConnection = SplitFile.Open();
        PlainConnection = PlainFile.Open();
    }

    private protected override void Release()
    {
        SplitConnection.Dispose();
        PlainConnection.Dispose();
    }
}
