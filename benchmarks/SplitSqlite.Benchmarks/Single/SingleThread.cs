using System.Collections.Immutable;
using System.ComponentModel;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using SplitSqlite.Benchmarks.Reporting;
using SplitSqlite.Benchmarks.Sides;

namespace SplitSqlite.Benchmarks.Single;

/// <summary>
/// Runs the classes of this folder by BenchmarkDotNet, in rounds: each round measures every side once, in an order that turns round, so that a machine
/// that slows down half-way slows all sides down. A ratio is taken within a round.
/// </summary>
internal sealed class SingleThread(BenchOptions options, TextWriter log)
{
    private static readonly Type[] Classes =
    [
        typeof(OpenReadClose), typeof(PointSelect), typeof(PointSelectReused), typeof(ThousandRows), typeof(DapperByKey),
        typeof(AutocommitInsertNormal), typeof(AutocommitInsertFull), typeof(ThreeStatements), typeof(EntityFrameworkByKey), typeof(EntityFrameworkSave),
    ];

    /// <summary>What a filter can name.</summary>
    public static IEnumerable<string> Names => ["single", .. Classes.Select(KeyOf)];

    /// <summary>BenchmarkDotNet's own command line, for who wants its whole report: <c>bdn --filter '*PointSelect*'</c>.</summary>
    public static void RunAsItself(string[] arguments)
        => BenchmarkSwitcher.FromTypes(Classes).Run(arguments, DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));

    /// <exception cref="BenchmarkException">A benchmark failed; the message holds what BenchmarkDotNet logged.</exception>
    public void Run(BenchResults results)
    {
        Type[] wanted = [.. Classes.Where(type => options.Wants("single") || options.Wants(type.Name))];
        var cells = new Dictionary<(Type Type, string Side), SingleCell>();
        for (var round = 0; round < options.Scale.SingleRounds && wanted.Length > 0; round++)
        {
            log.WriteLine($"single thread, round {round + 1} of {options.Scale.SingleRounds}");
            foreach (var type in wanted)
            {
                Measure(type, isReversed: round % 2 == 1, cells);
            }
        }

        results.Single.AddRange(cells.Values);
    }

    /// <summary>The key of a class's work in the results.</summary>
    public static string KeyOf(Type type) => type.Name;

    private void Measure(Type type, bool isReversed, Dictionary<(Type Type, string Side), SingleCell> cells)
    {
        var bdnLog = new AccumulationLogger();
        var summary = BenchmarkRunner.Run(type, Configure(isReversed, bdnLog));
        foreach (var report in summary.Reports)
        {
            if (!report.Success || report.ResultStatistics is not { } statistics)
            {
                throw new BenchmarkException($"{report.BenchmarkCase.DisplayInfo} failed:\n{bdnLog.GetLog()}");
            }

            var side = Side.All.Single(s => s.Key.Equals(report.BenchmarkCase.Descriptor.WorkloadMethod.Name, StringComparison.OrdinalIgnoreCase)).Key;
            if (!cells.TryGetValue((type, side), out var cell))
            {
                cells.Add((type, side), cell = new SingleCell { Work = KeyOf(type), Title = type.GetCustomAttribute<DisplayNameAttribute>()!.DisplayName, Side = side });
            }

            cell.Microseconds.Add(statistics.Median / 1000);
            cell.Bytes.Add(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
        }

        if (summary.Reports.Length == 0)
        {
            throw new BenchmarkException($"BenchmarkDotNet ran nothing of {type.Name}:\n{bdnLog.GetLog()}");
        }
    }

    private ManualConfig Configure(bool isReversed, ILogger bdnLog)
    {
        var job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(options.Scale.IterationMilliseconds))
            .WithWarmupCount(1)
            .WithIterationCount(options.Scale.Iterations)
            .WithEvaluateOverhead(false);
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(bdnLog)
            .WithOrderer(new TurningOrderer(isReversed))
            .WithArtifactsPath(Path.Combine(options.Folder, "BenchmarkDotNet.Artifacts"))
            .WithUnionRule(ConfigUnionRule.Union);
    }

    private sealed class TurningOrderer(bool isReversed) : DefaultOrderer(SummaryOrderPolicy.Declared, MethodOrderPolicy.Declared)
    {
        public override IEnumerable<BenchmarkCase> GetExecutionOrder(ImmutableArray<BenchmarkCase> benchmarksCase, IEnumerable<BenchmarkLogicalGroupRule>? order = null)
            => isReversed ? base.GetExecutionOrder(benchmarksCase, order).Reverse() : base.GetExecutionOrder(benchmarksCase, order);
    }
}

/// <summary>Says that something could not be measured, in words for the user.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
