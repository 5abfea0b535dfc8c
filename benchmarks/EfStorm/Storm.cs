using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace EfStorm;

/// <summary>What a storm of one provider came to. Times are in milliseconds, sorted.</summary>
internal sealed record Outcome(double Seconds, double[] Saves, double[] Queries, IReadOnlyDictionary<string, int> Errors, int Missing)
{
    public static double At(double[] sorted, double part) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * part)];
}

/// <summary>Workers that save one row, each in a context of its own, and query for it, as fast as they can.</summary>
internal static class Storm
{
    public static async Task<Outcome> RunAsync(DbContextOptions<StormContext> options, int workers, TimeSpan length)
    {
        await using (var context = new StormContext(options))
        {
            await context.Database.EnsureCreatedAsync();
            context.Add(new Entry { Text = "first" });
            await context.SaveChangesAsync();
            await context.Entries.AsNoTracking().FirstOrDefaultAsync(e => e.Id == 1);
        }

        var errors = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var started = Stopwatch.GetTimestamp();
        var logs = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(options, worker, started, length, errors))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        await using var last = new StormContext(options);
        var there = (await last.Entries.Select(e => e.Id).ToListAsync()).ToHashSet();
        return new Outcome(
            seconds,
            [.. logs.SelectMany(l => l.Saves).Order()],
            [.. logs.SelectMany(l => l.Queries).Order()],
            errors,
            logs.SelectMany(l => l.Ids).Count(id => !there.Contains(id)));
    }

    private static async Task<Log> WorkAsync(DbContextOptions<StormContext> options, int worker, long started, TimeSpan length, ConcurrentDictionary<string, int> errors)
    {
        var log = new Log([], [], []);
        for (var step = 0; Stopwatch.GetElapsedTime(started) < length; step++)
        {
            // What failed took its time too, and counts.
            var begun = Stopwatch.GetTimestamp();
            var times = log.Saves;
            try
            {
                await using var context = new StormContext(options);
                var entry = new Entry { Worker = worker, Text = $"{worker}/{step}", Amount = step / 100m, At = DateTime.UtcNow };
                context.Add(entry);
                await context.SaveChangesAsync();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                log.Ids.Add(entry.Id);

                begun = Stopwatch.GetTimestamp();
                times = log.Queries;
                var id = entry.Id;
                if (await context.Entries.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id) is null)
                {
                    errors.AddOrUpdate("a saved row was not seen", 1, static (_, count) => count + 1);
                }

                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            catch (Exception exception)
            {
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                errors.AddOrUpdate(exception.GetBaseException().Message, 1, static (_, count) => count + 1);
            }
        }

        return log;
    }

    private sealed record Log(List<double> Saves, List<double> Queries, List<long> Ids);
}
