using System.Diagnostics;

namespace SplitSqlite.Benchmarks.Load;

/// <summary>What the machine does while nothing is measured: where this is slow, a slow operation is nobody's doing.</summary>
internal static class IdleControl
{
    /// <summary>One small write and its fsync at a time: no durable commit can be faster.</summary>
    public static Latencies LoneFsync(string folder, TimeSpan duration)
    {
        var path = Path.Combine(folder, "fsync-control");
        var block = new byte[4096];
        var recorder = new LatencyRecorder();
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            var began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                stream.Position = 0;
                var start = Stopwatch.GetTimestamp();
                stream.Write(block);
                stream.Flush(flushToDisk: true);
                recorder.Record(Stopwatch.GetElapsedTime(start));
            }
        }

        File.Delete(path);
        return LatencyRecorder.Summarize([recorder]);
    }

    /// <summary>How late a lone timer of 1 ms is: what an open loop adds to each latency.</summary>
    public static async Task<Latencies> LoneTimerAsync(TimeSpan duration)
    {
        var recorder = new LatencyRecorder();
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.Delay(1);
            recorder.Record(Stopwatch.GetElapsedTime(start) - TimeSpan.FromMilliseconds(1));
        }

        return LatencyRecorder.Summarize([recorder]);
    }
}
