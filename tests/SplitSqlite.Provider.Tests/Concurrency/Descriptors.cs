namespace SplitSqlite.Tests.Concurrency;

/// <summary>What the process has open of a file: as many descriptors as physical connections, on Linux.</summary>
internal static class Descriptors
{
    public static bool CanCount => OperatingSystem.IsLinux();

    public static int Of(string path)
    {
        Assert.True(CanCount);
        var count = 0;
        foreach (var descriptor in Directory.EnumerateFiles("/proc/self/fd"))
        {
            try
            {
                if (new FileInfo(descriptor).LinkTarget == path)
                {
                    count++;
                }
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }

        return count;
    }
}
