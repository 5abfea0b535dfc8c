using System.Diagnostics;

namespace SsoStorm;

/// <summary>
/// How long this disk takes for one small write and its fsync with nobody else about. No commit can be faster, and
/// where this is slow now and then, a slow login is not the provider's doing.
/// </summary>
internal static class FsyncControl
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    public static LatencySummary Measure(string folder)
    {
        string file = Path.Combine(folder, "fsync-control");
        byte[] block = new byte[512];
        LatencyHistogram histogram = new();
        using (FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < Duration)
            {
                long start = Stopwatch.GetTimestamp();
                stream.Write(block);
                stream.Flush(flushToDisk: true);
                histogram.Add((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        File.Delete(file);
        return histogram.Summarize([]);
    }
}
