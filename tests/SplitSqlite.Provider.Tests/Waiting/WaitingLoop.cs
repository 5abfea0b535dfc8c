using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace SplitSqlite.Tests.Waiting;

/// <summary>
/// Runs every fact of this namespace many times: <c>SPLITSQLITE_LOOPS=200</c> and <c>-explicit only -class SplitSqlite.Tests.Waiting.WaitingLoop</c>
/// for the test program. A race that one run does not meet, hundreds may.
/// </summary>
public sealed class WaitingLoop(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Every_fact_holds_each_time()
    {
        int loops = int.Parse(Environment.GetEnvironmentVariable("SPLITSQLITE_LOOPS") ?? "20", CultureInfo.InvariantCulture);
        string only = Environment.GetEnvironmentVariable("SPLITSQLITE_LOOP_ONLY") ?? "";
        IEnumerable<MethodInfo> facts =
            from type in typeof(WaitingLoop).Assembly.GetTypes()
            where type.Namespace == typeof(WaitingLoop).Namespace && type != typeof(WaitingLoop)
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            where method.GetCustomAttribute<FactAttribute>() is not null && (type.Name + "." + method.Name).Contains(only, StringComparison.Ordinal)
                && !method.GetCustomAttribute<FactAttribute>()!.Explicit
            select method;
        foreach (MethodInfo fact in facts)
        {
            object?[][] rows = [.. fact.GetCustomAttributes<InlineDataAttribute>().Select(row => row.Data)];
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < loops; i++)
            {
                object?[]? row = rows.Length == 0 ? null : rows[i % rows.Length];
                if (fact.Invoke(Activator.CreateInstance(fact.DeclaringType!), row) is Task task)
                {
                    await task;
                }
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{fact.DeclaringType!.Name}.{fact.Name}: {loops} times in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        }
    }
}
